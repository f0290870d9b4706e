"""What an installed project has and one in the repository lacks: its metadata, beside its modules; and its wheel."""

load("@rules_python//python:packaging.bzl", "py_wheel")
load("//tools/closure:defs.bzl", "PyClosureInfo", "py_closure")
load("//tools/workspace:names.bzl", "label_name")

DistributionInfo = provider(
    doc = "The files in which a project says what it is.",
    fields = {
        "distribution": "string: its name.",
        "sources": "list of Files: the files.",
        "version": "string: its version, where they have none.",
    },
)

def _said(ctx, info):
    arguments = ctx.actions.args()
    arguments.add("--distribution", info.distribution)
    arguments.add("--version", info.version)
    arguments.add_all("--source", info.sources)
    return arguments

def _distribution_info_impl(ctx):
    root = ctx.attr.root + "/" if ctx.attr.root else ""
    folder = root + label_name(ctx.attr.distribution) + ".dist-info"
    files = [
        ctx.actions.declare_file("{}/{}".format(folder, name))
        for name in ["METADATA", "entry_points.txt"]
    ]
    info = DistributionInfo(
        distribution = ctx.attr.distribution,
        sources = ctx.files.srcs,
        version = ctx.attr.version,
    )
    arguments = ctx.actions.args()
    arguments.add_all("--output", files)
    ctx.actions.run(
        executable = ctx.executable._program,
        arguments = [_said(ctx, info), arguments],
        inputs = ctx.files.srcs,
        outputs = files,
        mnemonic = "DistributionInfo",
        progress_message = "Describing %{label}",
    )
    return [DefaultInfo(files = depset(files), runfiles = ctx.runfiles(files)), info]

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

def _published(ctx):
    """Returns the files of the packages and modules that a wheel holds, of all that its libraries depend on."""
    folder = "/".join([part for part in [ctx.label.package, ctx.attr.root] if part])
    starts = tuple(
        ["{}/{}/".format(folder, package) for package in ctx.attr.packages] +
        ["{}/{}.py".format(folder, module) for module in ctx.attr.modules],
    )
    return depset([
        file
        for dep in ctx.attr.deps
        for sources in dep[PyClosureInfo].transitive_sources.to_list()
        for file in sources.srcs + sources.stubs + sources.data
        if file.short_path.startswith(starts)
    ])

def _wheel_files_impl(ctx):
    info = ctx.attr.info[DistributionInfo]
    groups = {
        name: ctx.actions.declare_file("{}/{}.txt".format(ctx.label.name, name))
        for name in ["requires", "entry_points"] + ["extra_" + extra for extra in ctx.attr.extras]
    }
    arguments = ctx.actions.args()
    arguments.add("--wheel-version", ctx.attr.version)
    arguments.add(ctx.attr.python_requires, format = "--python-requires=%s")
    arguments.add(ctx.attr.summary, format = "--summary=%s")
    arguments.add("--shown", ctx.attr.shown)
    arguments.add("--requires", groups["requires"])
    arguments.add("--entry-points", groups["entry_points"])
    for extra in ctx.attr.extras:
        arguments.add_all("--extra", [extra, groups["extra_" + extra]])
    ctx.actions.run(
        executable = ctx.executable._program,
        arguments = [_said(ctx, info), arguments],
        inputs = info.sources,
        outputs = groups.values(),
        mnemonic = "DistributionWheel",
        progress_message = "Reading what %{label} requires",
    )
    return [OutputGroupInfo(
        published = _published(ctx),
        **{name: depset([file]) for name, file in groups.items()}
    )]

_wheel_files = rule(
    doc = "What a wheel holds, and requires and starts as the files of its project say; fails where they say other than the wheel.",
    implementation = _wheel_files_impl,
    attrs = {
        "deps": attr.label_list(
            aspects = [py_closure],
            doc = "The project's libraries.",
            mandatory = True,
            providers = [PyClosureInfo],
        ),
        "extras": attr.string_list(doc = "The project's extras."),
        "info": attr.label(
            doc = "The project's `distribution_info`.",
            mandatory = True,
            providers = [DistributionInfo],
        ),
        "modules": attr.string_list(doc = "The modules at its top."),
        "packages": attr.string_list(doc = "The packages at its top."),
        "python_requires": attr.string(doc = "The versions of Python that it runs on."),
        "root": attr.string(doc = "The folder that its imports begin at, from this package."),
        "shown": attr.string(doc = "What an index shows of it besides, as JSON."),
        "summary": attr.string(doc = "What it is, in a line."),
        "version": attr.string(doc = "Its version.", mandatory = True),
        "_program": attr.label(
            cfg = "exec",
            default = "//tools/adopt:wheel",
            doc = "What writes them.",
            executable = True,
        ),
    },
)

# What of a py_wheel the files of its project say, too.
_SHOWN = ["author", "author_email", "classifiers", "homepage", "license", "project_urls"]

def distribution_wheel(
        name,
        info,
        distribution,
        version,
        deps,
        packages = [],
        modules = [],
        root = "",
        extras = [],
        python_requires = "",
        summary = "",
        testonly = False,
        visibility = None,
        **kwargs):
    """Builds the wheel of a project, for an index of packages: a `py_wheel` with what the project says of itself.

    A wheel is named before any file is read, so some of it is said once more here; the build fails where the two differ.

    Args:
      name: the target's name.
      info: the project's `distribution_info`.
      distribution: its name.
      version: its version, as `1.0b2` of 1.0-beta2.
      deps: its libraries; what they depend on comes along as far as it lies in these packages and modules.
      packages: its packages at the top, such as `price_list`.
      modules: its modules at the top, such as `six`.
      root: the folder that its imports begin at, from this package.
      extras: its extras.
      python_requires: the versions of Python that it runs on.
      summary: what it is, in a line.
      testonly: whether its libraries are for tests alone.
      visibility: who may use the wheel.
      **kwargs: what else a `py_wheel` takes: `description_file`, `author`, `license`, `classifiers`, …
    """
    folder = "/".join([part for part in [native.package_name(), root] if part])
    common = {"testonly": testonly, "visibility": ["//visibility:private"]}
    files = name + "_files"
    _wheel_files(
        name = files,
        extras = extras,
        info = info,
        modules = modules,
        packages = packages,
        python_requires = python_requires,
        root = root,
        shown = json.encode({key: kwargs[key] for key in _SHOWN if key in kwargs}),
        summary = summary,
        version = version,
        deps = deps,
        **common
    )
    for group in ["published", "requires", "entry_points"] + ["extra_" + extra for extra in extras]:
        native.filegroup(
            name = "{}_{}".format(name, group),
            srcs = [files],
            output_group = group,
            **common
        )
    py_wheel(
        name = name,
        distribution = distribution,
        extra_distinfo_files = {name + "_entry_points": "entry_points.txt"},
        extra_requires_files = {"{}_extra_{}".format(name, extra): extra for extra in extras},
        python_requires = python_requires,
        requires_file = name + "_requires",
        strip_path_prefixes = [folder + "/"],
        summary = summary,
        testonly = testonly,
        version = version,
        visibility = visibility,
        deps = [name + "_published"],
        **kwargs
    )
