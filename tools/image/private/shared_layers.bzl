"""Layers that every image shares: the interpreter, and distributions with a layer of their own."""

load("//tools/closure:defs.bzl", "PyClosureInfo", "py_closure")
load(
    ":layer.bzl",
    "COMPRESSIONS",
    "LAYER_ATTRS",
    "LayerInfo",
    "add_distribution",
    "add_interpreter",
    "manifest_args",
    "write_layer",
)

def _result(ctx, written, distribution = ""):
    return [
        DefaultInfo(files = depset([written.layers["gzip"]])),
        LayerInfo(distribution = distribution, index = written.index, layers = written.layers),
        OutputGroupInfo(
            index = depset([written.index]),
            **{compression: depset([written.layers[compression]]) for compression in COMPRESSIONS}
        ),
    ]

def _distribution_layer_impl(ctx):
    distribution = ctx.attr.distribution[PyClosureInfo].distribution
    if not distribution:
        fail("{} is to be a layer of {}, which is no locked distribution.\nFix: bazel run //tools/image:layers".format(
            ctx.label,
            ctx.attr.distribution.label,
        ))
    manifest = manifest_args(ctx)
    add_distribution(manifest, distribution, ctx.attr.keeps_tests)
    written = write_layer(ctx, ctx.label.name, manifest, depset(distribution.files), index = True)
    return _result(ctx, written, distribution_key(distribution.name))

def distribution_key(name):
    """Returns a distribution's name as labels have it.

    Args:
      name: the name as its authors write it.
    """
    return name.lower().replace("-", "_").replace(".", "_")

distribution_layer = rule(
    doc = "Writes the layer of one distribution, which is a function of its own files alone.",
    implementation = _distribution_layer_impl,
    attrs = {
        "distribution": attr.label(
            aspects = [py_closure],
            doc = "The distribution, as `@pip//NAME`.",
            mandatory = True,
        ),
        "keeps_tests": attr.bool(doc = "Whether its test folders are kept; by default they are left out."),
    } | LAYER_ATTRS,
)

def _interpreter_layer_impl(ctx):
    runtime = ctx.attr.interpreter[platform_common.ToolchainInfo].py3_runtime
    if not runtime.interpreter:
        fail("{} needs an interpreter in the build, and the toolchain names the machine's own: {}.\nFix: register python.toolchain(...) in MODULE.bazel.".format(
            ctx.label,
            runtime.interpreter_path,
        ))
    manifest = manifest_args(ctx)
    add_interpreter(manifest, runtime)
    inputs = depset([runtime.interpreter], transitive = [runtime.files])
    return _result(ctx, write_layer(ctx, ctx.label.name, manifest, inputs, index = True))

interpreter_layer = rule(
    doc = "Writes the layer of the interpreter and the venv on it.",
    implementation = _interpreter_layer_impl,
    attrs = {
        "interpreter": attr.label(
            default = "@rules_python//python:current_py_toolchain",
            doc = "The interpreter that images have; by default that of the toolchain.",
        ),
    } | LAYER_ATTRS,
)
