"""What an installed project has and one in the repository lacks: its metadata, beside its modules."""

load("//tools/workspace:names.bzl", "label_name")

def _distribution_info_impl(ctx):
    root = ctx.attr.root + "/" if ctx.attr.root else ""
    folder = root + label_name(ctx.attr.distribution) + ".dist-info"
    files = [
        ctx.actions.declare_file("{}/{}".format(folder, name))
        for name in ["METADATA", "entry_points.txt"]
    ]
    arguments = ctx.actions.args()
    arguments.add("--distribution", ctx.attr.distribution)
    arguments.add("--version", ctx.attr.version)
    arguments.add_all("--output", files)
    arguments.add_all("--source", ctx.files.srcs)
    ctx.actions.run(
        executable = ctx.executable._program,
        arguments = [arguments],
        inputs = ctx.files.srcs,
        outputs = files,
        mnemonic = "DistributionInfo",
        progress_message = "Describing %{label}",
    )
    return [DefaultInfo(files = depset(files), runfiles = ctx.runfiles(files))]

distribution_info = rule(
    doc = """Has `importlib.metadata` know a project as if it were installed: name, version, requirements, entry points.

    It goes into `data` of the library whose `imports` put `root` on the import path.""",
    implementation = _distribution_info_impl,
    attrs = {
        "distribution": attr.string(
            doc = "The project's name, as its files say it.",
            mandatory = True,
        ),
        "root": attr.string(
            doc = "The folder that its imports begin at, from this package; the package's own by default.",
        ),
        "srcs": attr.label_list(
            doc = "The files in which the project says what it is: pyproject.toml, setup.cfg or PKG-INFO.",
            allow_files = True,
            mandatory = True,
        ),
        "version": attr.string(
            doc = "Its version, where these leave it to a build tool.",
        ),
        "_program": attr.label(
            doc = "What writes it.",
            default = "//tools/adopt:describe",
            cfg = "exec",
            executable = True,
        ),
    },
)
