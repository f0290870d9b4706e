"""Trains a model as part of the build."""

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
    doc = "Trains a model into `<name>.npz`, with its model card in `<name>.json`.",
    implementation = _trained_model_impl,
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
