"""mypy over one target: its types come out as an archive, which the check of a dependent reads."""

load("@rules_python//python:py_info.bzl", "PyInfo")
load("//tools/findings:defs.bzl", "plain_label")

TypesInfo = provider(
    doc = "The types of a target and of all below it.",
    fields = {"archives": "depset of File: one archive per first-party target."},
)

TYPES_ATTRS = {
    "_types_program": attr.label(default = "//tools/checks/typed", executable = True, cfg = "exec"),
    "_types_seed": attr.label(default = "//tools/checks/typed:seed", allow_single_file = True),
}

def _roots(ctx, target):
    """Returns the first-party folders on the import path besides the repository's root."""
    prefix = ctx.workspace_name + "/"
    return [path.removeprefix(prefix) for path in target[PyInfo].imports.to_list() if path.startswith(prefix)]

def check_types(ctx, target, sources, below, is_reported):
    """Declares the check of one target's types.

    Args:
      ctx: the context of an aspect that has `TYPES_ATTRS` and `_settings`.
      target: the target.
      sources: its own Python files.
      below: the `TypesInfo` of its deps.
      is_reported: whether findings are reported; the types travel in any case.

    Returns:
      The report, and the target's `TypesInfo`.
    """
    report = ctx.actions.declare_file("{}.mypy.jsonl".format(ctx.label.name))
    archive = ctx.actions.declare_file("{}.types".format(ctx.label.name))
    archives = depset(transitive = [info.archives for info in below])
    arguments = ctx.actions.args()
    arguments.add(plain_label(target.label), format = "--target=%s")
    arguments.add(report, format = "--report=%s")
    arguments.add(archive, format = "--output=%s")
    arguments.add(ctx.file._settings, format = "--config=%s")
    arguments.add_all(sources, format_each = "--source=%s")
    arguments.add_all(_roots(ctx, target), format_each = "--root=%s")
    arguments.add_all(archives, format_each = "--types=%s")
    arguments.add(ctx.file._types_seed, format = "--types=%s")
    if not is_reported:
        arguments.add("--silent")

    # A persistent worker takes its arguments from a file.
    arguments.use_param_file("@%s", use_always = True)
    arguments.set_param_file_format("multiline")
    ctx.actions.run(
        outputs = [report, archive],
        inputs = depset(sources + [ctx.file._settings, ctx.file._types_seed], transitive = [archives]),
        executable = ctx.executable._types_program,
        arguments = [arguments],
        # Sets are walked in the same order each time.
        env = {"PYTHONHASHSEED": "0"},
        execution_requirements = {
            "requires-worker-protocol": "json",
            "supports-workers": "1",
        },
        mnemonic = "MypyCheck",
        progress_message = "Checking the types of %{label}",
    )
    return report, TypesInfo(archives = depset([archive], transitive = [archives]))
