"""A layer with a shell and the usual tools, for looking into an image."""

load("//tools/py_action:defs.bzl", "run_py_action")

def _debug_layer_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".tar.gz")
    args = ctx.actions.args()
    args.add("--busybox", ctx.file._busybox)
    args.add("--output", output)
    run_py_action(
        ctx,
        ctx.attr._program,
        args,
        [ctx.file._busybox],
        [output],
        mnemonic = "ImageDebugLayer",
        progress_message = "Layering %{output}",
    )
    return [DefaultInfo(files = depset([output]))]

debug_layer = rule(
    doc = "Writes `/busybox`: one static program, and a link to it for each of its tools.",
    implementation = _debug_layer_impl,
    attrs = {
        "_busybox": attr.label(
            allow_single_file = True,
            default = "@host_tools//:busybox",
            doc = "The machine's busybox, which must be a static one.",
        ),
        "_program": attr.label(
            cfg = "exec",
            default = "//tools/image/layer_writer:debug_program",
            doc = "The program that writes the layer.",
        ),
    },
)
