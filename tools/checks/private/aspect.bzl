"""The aspect that attaches black, ruff and Pyrefly to every Python target.

Each check is one action that writes a report and succeeds, so that findings are cached too; //tools/findings
declares the one that fails, whose output is the validation.
"""

load("@rules_python//python:py_info.bzl", "PyInfo")
load("//tools/closure:defs.bzl", "TYPING_EDGES", "is_typing_target", "own_stubs", "py_closure")
load("//tools/findings:defs.bzl", "FINDINGS_ATTRS", "finding_validation", "plain_label")
load("//tools/py_action:defs.bzl", "WORKER_REQUIREMENTS", "run_py_action")
load(":switches.bzl", "is_on")
load(":types.bzl", "TYPES_ATTRS", "TypesInfo", "check_types", "types_of")
load(":wheel_program.bzl", "wheel_program")

ChecksInfo = provider(
    doc = "The checks at or below a target.",
    fields = {
        "own": "list of File: the sources that this target's checks see.",
        "reports": "depset of File: one report per check and target, empty where nothing was found.",
        "validations": "depset of File: making one fails where a report holds a finding.",
    },
)

# Edges over which a target's checks cover others: built, they are built too.
_EDGES = ["binary", "data", "deps"] + TYPING_EDGES

def _own_sources(target, ctx, deps):
    """Returns the target's own Python files.

    A macro may add others', which their own package checks; and what a target shares with one of its deps is checked there.
    """
    if PyInfo not in target or target.label.repo_name:
        return []
    checked = {file: None for info in deps for file in info.own}
    return [
        file
        for file in getattr(ctx.rule.files, "srcs", []) + own_stubs(ctx)
        if file.is_source and file.extension in ["py", "pyi"] and file.owner.package == target.label.package and
           file.owner.repo_name == target.label.repo_name and file not in checked
    ]

def _black(ctx, label, sources, report):
    arguments = ctx.actions.args()
    arguments.add(report, format = "--report=%s")
    arguments.add(ctx.file._settings, format = "--config=%s")
    arguments.add(label, format = "--target=%s")
    arguments.add_all(sources)

    # A persistent worker takes its arguments from a file; importing black is most of what one check would cost.
    arguments.use_param_file("@%s", use_always = True)
    arguments.set_param_file_format("multiline")
    ctx.actions.run(
        outputs = [report],
        inputs = sources + [ctx.file._settings],
        executable = ctx.executable._black,
        arguments = [arguments],
        execution_requirements = WORKER_REQUIREMENTS,
        mnemonic = "BlackCheck",
        progress_message = "Checking the format of %{label}",
    )

def _ruff(ctx, label, sources, report):
    program = wheel_program(ctx.files._ruff, "ruff")
    arguments = ctx.actions.args()
    arguments.add(report, format = "--report=%s")
    arguments.add(program, format = "--ruff=%s")
    arguments.add(ctx.file._settings, format = "--config=%s")
    arguments.add(label, format = "--target=%s")
    arguments.add_all(sources)
    run_py_action(
        ctx,
        program = ctx.attr._ruff_findings,
        arguments = arguments,
        inputs = sources + [ctx.file._settings, program],
        outputs = [report],
        is_worker = True,
        mnemonic = "RuffCheck",
        progress_message = "Linting %{label}",
    )

def _main_program(ctx, sources):
    """Returns the file among a target's own sources that a `py_test` starts, or None."""
    if ctx.rule.kind != "py_test" or getattr(ctx.rule.attr, "main_module", None):
        return None
    main = getattr(ctx.rule.file, "main", None)
    named = [file for file in sources if file.basename == ctx.label.name.removesuffix(".py") + ".py"]
    found = [main] if main else named
    return found[0] if found and found[0] in sources else None

def _main(ctx, label, program, report):
    arguments = ctx.actions.args()
    arguments.add(report, format = "--report=%s")
    arguments.add(ctx.file._settings, format = "--config=%s")
    arguments.add(label, format = "--target=%s")
    arguments.add("--main={}={}".format(program.short_path, program.path))
    run_py_action(
        ctx,
        program = ctx.attr._main_findings,
        arguments = arguments,
        inputs = [program, ctx.file._settings],
        outputs = [report],
        is_worker = True,
        mnemonic = "MainCheck",
        progress_message = "Checking what %{label} starts",
    )

_CHECKS = {
    "black": _black,
    "ruff": _ruff,
}

def _below(ctx, provider, edges):
    found = []
    for edge in edges:
        value = getattr(ctx.rule.attr, edge, None)
        for dep in value if type(value) == "list" else [value]:
            if type(dep) == "Target" and provider in dep:
                found.append(dep[provider])
    return found

def _checks_impl(target, ctx):
    below = _below(ctx, ChecksInfo, _EDGES)
    label = plain_label(target.label)
    reports = {}
    providers = []
    sources = _own_sources(target, ctx, _below(ctx, ChecksInfo, ["deps"]))
    types_below = _below(ctx, TypesInfo, ["deps"] + TYPING_EDGES)
    if sources:
        tags = ctx.rule.attr.tags
        for name, check in _CHECKS.items():
            if is_on(target.label, tags, name):
                reports[name] = ctx.actions.declare_file("{}.{}.jsonl".format(target.label.name, name))
                check(ctx, label, sources, reports[name])
        program = _main_program(ctx, sources)
        if program and is_on(target.label, tags, "main"):
            reports["main"] = ctx.actions.declare_file("{}.main.jsonl".format(target.label.name))
            _main(ctx, label, program, reports["main"])
        is_reported = is_on(target.label, tags, "pyrefly")
        report, types = check_types(ctx, target, label, sources, types_below, is_reported)
        if is_reported:
            reports["pyrefly"] = report
        providers.append(types)
    elif PyInfo in target or is_typing_target(target, ctx):
        providers.append(types_of(target, types_below))
    validations = []
    if reports:
        validations.append(finding_validation(
            ctx,
            label = target.label,
            name = "checks",
            reports = reports,
            record_fix = "bazel run //:check -- --baseline {}".format(label),
        ))
    info = ChecksInfo(
        own = sources,
        reports = depset(reports.values(), transitive = [info.reports for info in below]),
        validations = depset(validations, transitive = [info.validations for info in below]),
    )
    if OutputGroupInfo in target and hasattr(target[OutputGroupInfo], "findings"):
        # A findings_test gives the same groups itself.
        return providers + [info]
    return providers + [
        info,
        OutputGroupInfo(_validation = info.validations, findings = info.reports),
    ]

checks = aspect(
    doc = "Checks a target's own Python files, and those of every target below it.",
    implementation = _checks_impl,
    attr_aspects = _EDGES,
    attrs = {
        "_black": attr.label(
            doc = "The persistent worker that checks the format.",
            default = "//tools/checks:black_findings",
            executable = True,
            cfg = "exec",
        ),
        "_main_findings": attr.label(
            doc = "The program that checks what a `py_test` starts.",
            default = "//tools/checks:main_program",
            cfg = "exec",
        ),
        "_ruff": attr.label(
            doc = "The data files of ruff, the program among them.",
            default = "@pip//ruff:data",
            allow_files = True,
            cfg = "exec",
        ),
        "_ruff_findings": attr.label(
            doc = "The program that calls ruff.",
            default = "//tools/checks:ruff_program",
            cfg = "exec",
        ),
        "_settings": attr.label(
            doc = "The settings of every checker.",
            default = "//tools/checks:settings",
            allow_single_file = True,
        ),
    } | TYPES_ATTRS | FINDINGS_ATTRS,
    requires = [py_closure],
)
