"""The aspect that attaches black and ruff to every Python target.

Each check is one action that writes a report and succeeds, so that findings are cached too. One more action
per target prints the reports and fails where they are not empty: only its output is a validation.
"""

load("@rules_python//python:py_info.bzl", "PyInfo")
load(":switches.bzl", "is_on")

ChecksInfo = provider(
    doc = "The checks at or below a target.",
    fields = {
        "reports": "depset of File: one report per check and target, empty where nothing was found.",
        "verdicts": "depset of File: one empty file per target; making it fails where a report has findings.",
    },
)

# Edges over which a target's checks cover others: built, they are built too.
_EDGES = ["binary", "data", "deps"]

def _own_sources(target, ctx):
    """Returns the target's own Python files; a macro may add others', which their own package checks."""
    return [
        file
        for file in getattr(ctx.rule.files, "srcs", [])
        if file.is_source and file.extension in ["py", "pyi"] and file.owner.package == target.label.package and
           file.owner.repo_name == target.label.repo_name
    ]

def _black(ctx, sources, report):
    arguments = ctx.actions.args()
    arguments.add(report, format = "--report=%s")
    arguments.add(ctx.file._settings, format = "--config=%s")
    arguments.add_all(sources)
    ctx.actions.run(
        outputs = [report],
        inputs = sources + [ctx.file._settings],
        executable = ctx.executable._black,
        arguments = [arguments],
        mnemonic = "BlackCheck",
        progress_message = "Checking the format of %{label}",
    )

def _ruff_program(files):
    """Returns the wheel's program among the distribution's data files."""
    programs = [file for file in files if file.basename == "ruff" and file.dirname.endswith("/bin")]
    if len(programs) != 1:
        fail("@pip//ruff:data has {} files bin/ruff, wanted one. Fix: pin a release of ruff that has it.".format(len(programs)))
    return programs[0]

def _ruff(ctx, sources, report):
    arguments = ctx.actions.args()

    # `concise` alone writes paths from the root; the others write the sandbox's.
    arguments.add_all(["check", "--exit-zero", "--quiet", "--no-cache", "--output-format=concise"])
    arguments.add(report, format = "--output-file=%s")
    arguments.add(ctx.file._settings, format = "--config=%s")
    arguments.add_all(sources)
    ctx.actions.run(
        outputs = [report],
        inputs = sources + [ctx.file._settings],
        executable = _ruff_program(ctx.files._ruff),
        arguments = [arguments],
        mnemonic = "RuffCheck",
        progress_message = "Linting %{label}",
    )

_CHECKS = {
    "black": _black,
    "ruff": _ruff,
}

def _verdict(ctx, label, reports):
    """Returns the file whose making fails where a report has findings."""
    verdict = ctx.actions.declare_file(label.name + ".checked")
    arguments = ctx.actions.args()
    arguments.add(verdict, format = "--verdict=%s")
    arguments.add_all(reports)
    ctx.actions.run(
        outputs = [verdict],
        inputs = reports,
        executable = ctx.executable._verdict,
        arguments = [arguments],
        # A sandboxed action that fails comes with advice on debugging the sandbox.
        execution_requirements = {"no-sandbox": "1"},
        mnemonic = "CheckVerdict",
        progress_message = "Checking %{label}",
    )
    return verdict

def _checks_impl(target, ctx):
    below = []
    for edge in _EDGES:
        value = getattr(ctx.rule.attr, edge, None)
        for dep in value if type(value) == "list" else [value]:
            if type(dep) == "Target" and ChecksInfo in dep:
                below.append(dep[ChecksInfo])
    reports = []
    verdicts = []
    sources = _own_sources(target, ctx) if PyInfo in target and not target.label.repo_name else []
    if sources:
        for name, check in _CHECKS.items():
            if is_on(target.label, ctx.rule.attr.tags, name):
                report = ctx.actions.declare_file("{}.{}.txt".format(target.label.name, name))
                check(ctx, sources, report)
                reports.append(report)
        verdicts.append(_verdict(ctx, target.label, reports))
    info = ChecksInfo(
        reports = depset(reports, transitive = [info.reports for info in below]),
        verdicts = depset(verdicts, transitive = [info.verdicts for info in below]),
    )
    return [info, OutputGroupInfo(_validation = info.verdicts, check_reports = info.reports)]

checks = aspect(
    doc = "Checks a target's own Python files, and those of every target below it.",
    implementation = _checks_impl,
    attr_aspects = _EDGES,
    attrs = {
        "_black": attr.label(default = "//tools/checks:black_report", executable = True, cfg = "exec"),
        "_ruff": attr.label(default = "@pip//ruff:data", allow_files = True, cfg = "exec"),
        "_settings": attr.label(default = "//:pyproject.toml", allow_single_file = True),
        "_verdict": attr.label(default = "//tools/checks:verdict", executable = True, cfg = "exec"),
    },
)
