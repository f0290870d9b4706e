"""The types of the whole lock and of the standard library, made once."""

load("//tools/closure:defs.bzl", "PyClosureInfo", "py_closure")

def _distribution_arguments(distribution):
    return ["--distribution={}={}".format(distribution.name, distribution.import_root.removeprefix("../"))] + [
        "--file=" + file.path
        for file in distribution.files
    ]

def _types_seed_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".types")
    distributions = depset(transitive = [dep[PyClosureInfo].distributions for dep in ctx.attr.distributions])
    files = [distribution.files for distribution in distributions.to_list()]
    arguments = ctx.actions.args()
    arguments.add(output, format = "--output=%s")
    arguments.add(ctx.file._settings, format = "--config=%s")
    arguments.add(ctx.file._requirements, format = "--requirements=%s")
    arguments.add_all(distributions, map_each = _distribution_arguments, expand_directories = False)
    arguments.use_param_file("@%s", use_always = True)
    arguments.set_param_file_format("multiline")
    ctx.actions.run(
        outputs = [output],
        inputs = depset(
            [ctx.file._settings, ctx.file._requirements],
            transitive = [depset(list(group)) for group in files],
        ),
        executable = ctx.executable._program,
        arguments = [arguments],
        # Sets are walked in the same order each time.
        env = {"PYTHONHASHSEED": "0"},
        mnemonic = "MypySeed",
        progress_message = "Analysing the types of the lock",
    )
    return [DefaultInfo(files = depset([output]))]

types_seed = rule(
    doc = "mypy's cache of the standard library and of the locked distributions, in one archive.",
    implementation = _types_seed_impl,
    attrs = {
        "distributions": attr.label_list(
            doc = "The locked distributions.",
            aspects = [py_closure],
        ),
        "_program": attr.label(default = "//tools/checks/typed:seed_program", executable = True, cfg = "exec"),
        "_requirements": attr.label(default = "//:requirements.in", allow_single_file = True),
        "_settings": attr.label(default = "//:pyproject.toml", allow_single_file = True),
    },
)
