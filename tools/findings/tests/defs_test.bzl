"""Tests of what fails on a report."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//tools/findings:defs.bzl", "FINDINGS_ATTRS", "VerdictInfo", "finding_validation", "plain_label")
load("//tools/py_action:defs.bzl", "PyActionInfo")

def _plain_label_test_impl(ctx):
    env = unittest.begin(ctx)
    for label, wanted in [
        (Label("//libs/ml"), "//libs/ml"),
        (Label("//libs/ml:ml"), "//libs/ml"),
        (Label("//libs/ml:train"), "//libs/ml:train"),
        (Label("//:check"), "//:check"),
    ]:
        asserts.equals(env, wanted, plain_label(label))
    return unittest.end(env)

plain_label_test = unittest.make(_plain_label_test_impl)

def _verdict_tools_test_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[VerdictInfo]
    asserts.equals(env, "tools.findings.verdict", info.verdict.module)
    for baseline in info.baselines:
        asserts.true(env, baseline.file.short_path.endswith(
            "/baselines/{}/findings_baseline.jsonl.txt".format(baseline.folder),
        ), baseline.file.short_path)
    return analysistest.end(env)

verdict_tools_test = analysistest.make(
    _verdict_tools_test_impl,
    doc = "Passes where each baseline is known by its folder.",
)

def _validated_impl(ctx):
    report = ctx.actions.declare_file(ctx.label.name + ".jsonl")
    ctx.actions.write(report, "")
    passed = finding_validation(ctx, label = ctx.label, name = "codes", reports = {"rot13": report}, record_fix = "cat")
    return [DefaultInfo(files = depset([passed]))]

validated = rule(
    doc = "Has one report.",
    implementation = _validated_impl,
    attrs = FINDINGS_ATTRS,
)

def _finding_validation_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    (passed,) = target[DefaultInfo].files.to_list()
    asserts.equals(env, target.label.name + ".codes.passed", passed.basename)
    (action,) = [action for action in analysistest.target_actions(env) if action.mnemonic == "FindingsVerdict"]
    for word in ["--target=//tools/findings/tests:" + target.label.name, "--record-fix=cat"]:
        asserts.true(env, word in action.argv, "no {} in {}".format(word, action.argv))
    reports = [word for word in action.argv if word.startswith("--report=rot13=")]
    asserts.equals(env, 1, len(reports), str(action.argv))
    asserts.true(env, ctx.attr.verdict[PyActionInfo].archive.basename in [
        file.basename
        for file in action.inputs.to_list()
    ], "the program is no input")
    return analysistest.end(env)

finding_validation_test = analysistest.make(
    _finding_validation_test_impl,
    doc = "Passes where one action fails on a report.",
    attrs = {
        "verdict": attr.label(
            doc = "The program that fails.",
            mandatory = True,
            providers = [PyActionInfo],
        ),
    },
)
