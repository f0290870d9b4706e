"""The map from module names to locked distributions."""

load("//tools/imports:defs.bzl", "imports")
load("//tools/imports/index:defs.bzl", "ImportsInfo")
load("//tools/py_action:defs.bzl", "run_py_action")

def _distribution_map_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".txt")
    indexes = [dep[ImportsInfo].index for dep in ctx.attr.deps]
    arguments = ctx.actions.args()
    arguments.add(output, format = "--output=%s")
    arguments.add_all(indexes, format_each = "--index=%s")
    run_py_action(
        ctx,
        program = ctx.attr._program,
        arguments = arguments,
        inputs = indexes,
        outputs = [output],
        mnemonic = "DistributionMap",
        progress_message = "Mapping modules to distributions",
    )
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

distribution_map = rule(
    doc = "Writes which distribution provides which modules; see distribution_map.py.",
    implementation = _distribution_map_impl,
    attrs = {
        "deps": attr.label_list(
            doc = "Every locked distribution.",
            aspects = [imports],
            mandatory = True,
        ),
        "_program": attr.label(
            doc = "The program that writes it.",
            cfg = "exec",
            default = Label("//tools/imports/distributions:distribution_map_program"),
        ),
    },
)
