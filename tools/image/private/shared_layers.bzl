"""Layers that every image shares: the interpreter, and distributions with a layer of their own."""

load("@pip//:requirements.bzl", "all_requirements")
load("//:image_layers.bzl", "LARGE_DISTRIBUTIONS", "TESTS_KEPT")
load("//tools/closure:defs.bzl", "PyClosureInfo", "py_closure")
load("//tools/py_action:defs.bzl", "python_runtime", "run_py_action")
load("//tools/workspace:names.bzl", "label_name")
load(
    ":layer_actions.bzl",
    "ImageLayersInfo",
    "LayerInfo",
    "WRITER_ATTRS",
    "add_distribution",
    "add_interpreter",
    "label_text",
    "write_layer",
)

def _result(written, distribution = "", repository = ""):
    return [
        DefaultInfo(files = depset(written.layers["gzip"])),
        LayerInfo(
            distribution = distribution,
            index = written.index,
            layers = written.layers,
            repository = repository,
        ),
    ]

def check_distribution(label, named, distribution, _fail = fail):
    """Fails for a layer of what is no distribution.

    Args:
      label: the layer.
      named: the label that is to be its distribution.
      distribution: what `PyClosureInfo` says of it.
      _fail: `fail`, but in tests.
    """
    if not distribution:
        _fail("{} is to be a layer of {}, which is no locked distribution.\nFix: bazel run //tools/image:update_layer_table".format(
            label_text(label),
            named,
        ))

def _distribution_layer_impl(ctx):
    distribution = ctx.attr.distribution[PyClosureInfo].distribution
    check_distribution(ctx.label, ctx.attr.distribution.label, distribution)
    manifest = ctx.actions.args()
    add_distribution(manifest, distribution, ctx.attr.keeps_tests)
    written = write_layer(
        ctx,
        ctx.label.name,
        manifest,
        depset(distribution.files),
        index = True,
        native = distribution.is_native,
    )
    return _result(written, label_name(distribution.name))

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
    } | WRITER_ATTRS,
)

def _absent_layer_impl(_ctx):
    return [
        DefaultInfo(files = depset()),
        LayerInfo(distribution = "", index = None, layers = {}, repository = ""),
    ]

absent_layer = rule(
    doc = "Stands for the layer of a distribution that the lock doesn't have, so that no image takes it.",
    implementation = _absent_layer_impl,
)

def _layer_use_impl(ctx):
    valid = ctx.actions.declare_file(ctx.label.name + ".valid")
    used = ctx.attr.distribution in ctx.attr.layers[ImageLayersInfo].distributions
    args = ctx.actions.args()
    args.add("--image", ctx.attr.image)
    args.add("--output", valid)
    if not used:
        args.add("--unused", ctx.attr.distribution)
    run_py_action(
        ctx,
        ctx.attr._program,
        args,
        [],
        [valid],
        mnemonic = "ImageTable",
        progress_message = "Looking who uses %{label}",
    )
    return [
        DefaultInfo(files = depset()),
        OutputGroupInfo(_validation = depset([valid])),
    ]

layer_use = rule(
    doc = "Fails, as a validation, where the image that a line of the table names doesn't use the distribution.",
    implementation = _layer_use_impl,
    attrs = {
        "distribution": attr.string(doc = "The distribution, as labels name it.", mandatory = True),
        "image": attr.string(doc = "The image's label, as the table has it.", mandatory = True),
        "layers": attr.label(
            doc = "The image's layers.",
            mandatory = True,
            providers = [ImageLayersInfo],
        ),
        "_program": attr.label(
            cfg = "exec",
            default = "//tools/image/layer_table:check",
            doc = "The program that checks rows of the table.",
        ),
    },
)

def _interpreter_layer_impl(ctx):
    runtime = python_runtime(label_text(ctx.label), ctx.attr.interpreter[platform_common.ToolchainInfo])
    manifest = ctx.actions.args()
    add_interpreter(manifest, runtime)
    inputs = depset([runtime.interpreter], transitive = [runtime.files])
    written = write_layer(ctx, ctx.label.name, manifest, inputs, index = True, native = True)
    return _result(written, repository = runtime.interpreter.owner.repo_name)

interpreter_layer = rule(
    doc = "Writes the layer of the interpreter and the venv on it.",
    implementation = _interpreter_layer_impl,
    attrs = {
        "interpreter": attr.label(
            default = "@rules_python//python:current_py_toolchain",
            doc = "The interpreter that images have; by default that of the toolchain.",
        ),
    } | WRITER_ATTRS,
)

def distribution_layers(name, visibility):
    """Declares a layer for each distribution of the table, under the distribution's name.

    A distribution that has left the lock fails its row's validation alone: images can be built without it, and the
    program that writes the table builds images.

    Args:
      name: the name of all of them together.
      visibility: who may use the layers.
    """
    native.filegroup(
        name = name,
        srcs = LARGE_DISTRIBUTIONS.keys(),
        tags = ["no-cov"],
        visibility = visibility,
    )
    locked = [Label(label).package for label in all_requirements]
    for distribution, image in LARGE_DISTRIBUTIONS.items():
        if distribution in locked:
            distribution_layer(
                name = distribution,
                distribution = "@pip//" + distribution,
                keeps_tests = distribution in TESTS_KEPT,
                tags = ["no-cov"],
                visibility = visibility,
            )
        else:
            absent_layer(
                name = distribution,
                tags = ["no-cov"],
                visibility = visibility,
            )
        layer_use(
            name = distribution + "_use",
            distribution = distribution,
            image = image,
            layers = image + "_layers",
            tags = ["no-cov"],
            visibility = ["//visibility:private"],
        )
