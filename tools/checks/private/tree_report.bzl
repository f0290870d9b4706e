"""Checks that see every file at once: a rule writes the report, a test fails on it."""

load("@rules_python//python:py_test.bzl", "py_test")

TreeReportInfo = provider(
    doc = "What a check of every file found. A test fails on it; the aspect puts it among the findings.",
    fields = {"report": "File: the report."},
)

_BUILD_FILES = "/build_files/"
_TEST_FILES = "/test_files/"
_PROGRAM = Label("//tools/findings:print_report.py")

def _starlark_argument(file):
    path = file.short_path.partition(_BUILD_FILES)[2].removesuffix(".txt")
    return "--starlark={}={}".format(path, file.path)

def _source_argument(file):
    path = file.short_path.partition(_TEST_FILES)[2].removesuffix(".txt")
    return "--source={}={}".format(path, file.path)

def _run(ctx, check, inputs, arguments, **kwargs):
    """Declares the action that writes the report of every file, and returns the rule's providers."""
    report = ctx.actions.declare_file("{}.{}.jsonl".format(ctx.label.name, check))
    arguments.add(report, format = "--report=%s")
    arguments.add_all(ctx.files._build_files, map_each = _starlark_argument)
    arguments.use_param_file("@%s", use_always = True)
    arguments.set_param_file_format("multiline")
    ctx.actions.run(
        outputs = [report],
        inputs = inputs + ctx.files._build_files,
        executable = ctx.executable._program,
        arguments = [arguments],
        **kwargs
    )
    return [
        DefaultInfo(files = depset([report]), runfiles = ctx.runfiles([report])),
        TreeReportInfo(report = report),
    ]

def _buildifier_report_impl(ctx):
    arguments = ctx.actions.args()
    arguments.add(ctx.executable._buildifier, format = "--buildifier=%s")
    return _run(
        ctx,
        "buildifier",
        [],
        arguments,
        tools = [ctx.executable._buildifier],
        mnemonic = "BuildifierCheck",
        progress_message = "Checking every BUILD and .bzl file",
    )

def _seen_report_impl(ctx):
    arguments = ctx.actions.args()
    arguments.add(ctx.file._files, format = "--files=%s")
    arguments.add(ctx.file._bazelrc, format = "--bazelrc=%s")
    arguments.add(ctx.file._bazelignore, format = "--bazelignore=%s")
    arguments.add(ctx.file._distributions, format = "--distributions=%s")
    arguments.add(ctx.file._settings, format = "--pyproject=%s")
    arguments.add_all(ctx.files._test_files, map_each = _source_argument)
    return _run(
        ctx,
        "seen",
        ctx.files._test_files + [
            ctx.file._bazelignore,
            ctx.file._bazelrc,
            ctx.file._distributions,
            ctx.file._files,
            ctx.file._settings,
        ],
        arguments,
        mnemonic = "SeenCheck",
        progress_message = "Looking for files that no check sees",
    )

_BUILD_FILES_ATTR = {"_build_files": attr.label(default = "//tools/tree:build_files")}

buildifier_report = rule(
    doc = "What buildifier finds in every BUILD, MODULE and .bzl file.",
    implementation = _buildifier_report_impl,
    attrs = {
        "_buildifier": attr.label(default = "@buildifier_prebuilt//:buildifier", executable = True, cfg = "exec"),
        "_program": attr.label(default = "//tools/checks/starlark", executable = True, cfg = "exec"),
    } | _BUILD_FILES_ATTR,
)

seen_report = rule(
    doc = "What no check sees.",
    implementation = _seen_report_impl,
    attrs = {
        "_bazelignore": attr.label(default = "//:.bazelignore", allow_single_file = True),
        "_bazelrc": attr.label(default = "//:.bazelrc", allow_single_file = True),
        "_distributions": attr.label(
            default = "//tools/imports/distributions:distributions.txt",
            allow_single_file = True,
        ),
        "_files": attr.label(default = "//tools/tree:files", allow_single_file = True),
        "_program": attr.label(default = "//tools/checks/seen", executable = True, cfg = "exec"),
        "_settings": attr.label(default = "//:pyproject.toml", allow_single_file = True),
        "_test_files": attr.label(default = "//tools/tree:test_files"),
    } | _BUILD_FILES_ATTR,
)

def report_test(name, report, **kwargs):
    """Fails where a report holds a finding, and prints it.

    Args:
      name: the target's name; ends in `_test`.
      report: a target of one of the rules above.
      **kwargs: what else a `py_test` takes: `size`, `tags`, …
    """
    py_test(
        name = name,
        srcs = [_PROGRAM],
        main = _PROGRAM,
        args = ["$(rootpath {})".format(report)],
        data = [report],
        deps = ["//tools/findings:print_report"],
        **kwargs
    )
