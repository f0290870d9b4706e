"""Tests of what the import check knows of a target."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//tools/imports:defs.bzl", "imports")
load("//tools/imports/index:defs.bzl", "ImportsInfo")

def _imports_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[ImportsInfo]
    asserts.equals(env, ctx.attr.label_text, info.label)
    asserts.equals(env, target.label.name + ".imports_index", info.index.basename)
    asserts.false(env, info.index in info.closure.to_list(), "a target is below itself")
    below = [index.basename for index in info.closure.to_list()]
    for name in ctx.attr.below:
        asserts.true(env, name in below, "no {} in {}".format(name, below))
    reports = []
    if OutputGroupInfo in target and hasattr(target[OutputGroupInfo], "findings"):
        reports = [file.basename for file in target[OutputGroupInfo].findings.to_list()]
    asserts.equals(env, ctx.attr.is_checked, target.label.name + ".imports.jsonl" in reports, str(reports))
    return analysistest.end(env)

imports_test = analysistest.make(
    _imports_test_impl,
    doc = "Passes where a target can be imported under its label, and is checked or not.",
    extra_target_under_test_aspects = [imports],
    attrs = {
        "below": attr.string_list(doc = "Some of the indexes below the target."),
        "is_checked": attr.bool(doc = "Whether its own imports are checked."),
        "label_text": attr.string(
            doc = "The target as a BUILD file names it.",
            mandatory = True,
        ),
    },
)
