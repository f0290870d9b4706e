"""Trains a model as part of the build."""

_PLATFORMS = "//command_line_option:platforms"
_HOST = "//command_line_option:host_platform"

def _to_host_impl(settings, _attr):
    return {_PLATFORMS: [str(settings[_HOST])]}

# Trained once, and one model in the images for all platforms.
_to_host = transition(
    implementation = _to_host_impl,
    inputs = [_HOST],
    outputs = [_PLATFORMS],
)

def _trained_model_impl(ctx):
    model = ctx.actions.declare_file(ctx.label.name + ".npz")
    card = ctx.actions.declare_file(ctx.label.name + ".json")
    arguments = ctx.actions.args()
    arguments.add("--seed", str(ctx.attr.seed))
    arguments.add("--model", model)
    arguments.add("--card", card)
    ctx.actions.run(
        arguments = [arguments],
        executable = ctx.executable.trainer,
        mnemonic = "TrainModel",
        outputs = [model, card],
        progress_message = "Training %{label}",
        toolchain = None,
    )
    outputs = depset([model, card])
    return [DefaultInfo(files = outputs, runfiles = ctx.runfiles(transitive_files = outputs))]

trained_model = rule(
    doc = "Trains a model into `<name>.npz`, with its model card in `<name>.json`: one for all platforms.",
    implementation = _trained_model_impl,
    cfg = _to_host,
    attrs = {
        "seed": attr.int(
            doc = "Makes the split and the order of the training data; another seed gives another model.",
            mandatory = True,
        ),
        "trainer": attr.label(
            doc = "The program to run: `--seed N --model PATH --card PATH`. It reads nothing that isn't in its runfiles.",
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
    },
)
