"""A check of files, rather than of one target: an action that reports, and a test that fails."""

load("@rules_python//python:py_test.bzl", "py_test")

def _findings_report_impl(ctx):
    report = ctx.actions.declare_file("{}.{}.jsonl".format(ctx.label.name, ctx.attr.check))
    arguments = ctx.actions.args()
    arguments.add(report, format = "--report=%s")
    for target, key in ctx.attr.inputs.items() + ctx.attr.tools.items():
        arguments.add_all(target.files, format_each = "--{}=%s".format(key))
    arguments.use_param_file("@%s")
    arguments.set_param_file_format("multiline")
    ctx.actions.run(
        executable = ctx.executable.program,
        arguments = [arguments],
        inputs = depset(transitive = [target.files for target in ctx.attr.inputs]),
        tools = [target[DefaultInfo].files_to_run for target in ctx.attr.tools],
        outputs = [report],
        mnemonic = "FindingsReport",
        progress_message = "Checking %{label}",
        toolchain = None,
    )
    return [
        DefaultInfo(files = depset([report]), runfiles = ctx.runfiles([report])),
        OutputGroupInfo(findings = depset([report])),
    ]

_findings_report = rule(
    doc = "Runs a check of files, which leaves a report and succeeds.",
    implementation = _findings_report_impl,
    attrs = {
        "check": attr.string(
            doc = "The check's name, the first part of its rules.",
            mandatory = True,
        ),
        "inputs": attr.label_keyed_string_dict(
            doc = "What the program reads: each file is given as `--VALUE=FILE`.",
            allow_files = True,
            mandatory = True,
        ),
        "program": attr.label(
            doc = "The program; it takes `--report=FILE` too, and `@FILE` for a file of arguments.",
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
        "tools": attr.label_keyed_string_dict(
            doc = "What the program runs: each is given as `--VALUE=FILE`.",
            cfg = "exec",
        ),
    },
)

def findings_test(name, check, program, inputs, tools = {}, tags = [], **kwargs):
    """Checks files, and fails where the check reports a finding.

    The report is in the output group `findings` of `<name>_report`, as any check's is.

    Args:
      name: the test's name.
      check: the check's name, the first part of its rules.
      program: a `py_binary` that writes a report to `--report=FILE` and succeeds; it takes `@FILE` too.
      inputs: what it reads: a dict of label to the option by which each of its files is given.
      tools: what it runs, in the same form.
      tags: for both targets.
      **kwargs: what else a `py_test` takes, but for `srcs`, `main`, `args`, `data` and `deps`.
    """
    report = name + "_report"
    _findings_report(
        name = report,
        testonly = True,
        check = check,
        inputs = inputs,
        program = program,
        tags = tags,
        tools = tools,
    )
    py_test(
        name = name,
        srcs = ["//tools/findings:print_report.py"],
        main = "//tools/findings:print_report.py",
        args = ["$(rootpath :{})".format(report)],
        data = [":" + report],
        tags = tags,
        deps = ["//tools/findings:print_report"],
        **kwargs
    )
