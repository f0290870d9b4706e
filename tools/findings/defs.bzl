"""The second half of every check: a report of findings fails the build, except for what a baseline knows.

A check is an action that runs the checker, always succeeds, and writes a report (so that findings are cached too). What
fails on the reports of one target is declared here, and its output belongs in the `_validation` output group. The
reports themselves belong in the output group `findings`, from which `bazel run //:check` collects.
"""

load("//tools/py_action:defs.bzl", "PyActionInfo", "run_py_action")

VerdictInfo = provider(
    doc = "What fails on a report: one dependency, since every target has it.",
    fields = {
        "baselines": "list of struct(folder, file): every project's baseline.",
        "verdict": "PyActionInfo: the program that fails.",
    },
)

_BASELINE_ROOT = "/baselines/"

FINDINGS_ATTRS = {
    "_findings": attr.label(
        doc = "What fails on a report.",
        cfg = "exec",
        default = Label("//tools/findings:verdict_tools"),
        providers = [VerdictInfo],
    ),
}

def _folder(file):
    """Returns the folder that a baseline is for, from the root."""
    path = file.short_path.partition(_BASELINE_ROOT)[2].removesuffix(".txt")
    return path.rpartition("/")[0]

def _verdict_tools_impl(ctx):
    return [VerdictInfo(
        baselines = [struct(folder = _folder(file), file = file) for file in ctx.files.baselines],
        verdict = ctx.attr.verdict[PyActionInfo],
    )]

verdict_tools = rule(
    doc = "Gathers what fails on a report.",
    implementation = _verdict_tools_impl,
    attrs = {
        "baselines": attr.label(doc = "Every project's baseline.", mandatory = True),
        "verdict": attr.label(
            doc = "The program that fails.",
            cfg = "exec",
            mandatory = True,
            providers = [PyActionInfo],
        ),
    },
)

def finding_validation(ctx, label, name, reports, record_fix):
    """Declares the action that fails where a report holds a finding that no baseline knows.

    Args:
      ctx: the context of a rule or an aspect that has `FINDINGS_ATTRS`.
      label: the label of the target that was checked.
      name: what the checks are called together.
      reports: the Files that checkers wrote, by the check's name, the first part of its rules; see
        //tools/findings:finding.py.
      record_fix: the command that takes a fixed record out of a baseline.

    Returns:
      The File for the `_validation` output group.
    """
    passed = ctx.actions.declare_file("{}.{}.passed".format(label.name, name))
    tools = ctx.attr._findings[VerdictInfo]
    baselines = [
        baseline
        for baseline in tools.baselines
        if not baseline.folder or (label.package + "/").startswith(baseline.folder + "/")
    ]
    arguments = ctx.actions.args()
    for check, report in reports.items():
        arguments.add("--report={}={}".format(check, report.path))
    arguments.add(passed, format = "--output=%s")
    arguments.add(plain_label(label), format = "--target=%s")
    arguments.add(record_fix, format = "--record-fix=%s")
    for baseline in baselines:
        path = "{}/findings_baseline.jsonl".format(baseline.folder).lstrip("/")
        arguments.add("--baseline={}={}".format(path, baseline.file.path))
    run_py_action(
        ctx,
        program = tools.verdict,
        arguments = arguments,
        inputs = reports.values() + [baseline.file for baseline in baselines],
        outputs = [passed],
        is_worker = True,
        # The sandbox would add its own lines below the findings.
        execution_requirements = {"no-sandbox": "1"},
        mnemonic = "FindingsVerdict",
        progress_message = "Comparing the findings of " + ", ".join(reports.keys()) + " in %{label}",
    )
    return passed

def plain_label(label):
    """Returns a first-party label as a person writes it: `//libs/x`, `//libs/x:train`.

    Args:
      label: the Label.

    Returns:
      The text, without a repository and without a name that the folder has already.
    """
    text = str(label).lstrip("@")
    package, _, name = text.partition(":")
    return package if package.rpartition("/")[2] == name else text
