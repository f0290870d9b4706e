"""Tests of the tools of the import check."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//tools/imports/check:tools.bzl", "CheckToolsInfo")

def _check_tools_test_impl(ctx):
    env = analysistest.begin(ctx)
    tools = analysistest.target_under_test(env)[CheckToolsInfo]
    asserts.equals(env, "BUILD.bazel.txt", tools.build_files["tools/imports/tests"].basename)
    asserts.equals(env, "tools.imports.check.check", tools.check.module)
    asserts.equals(env, "tools.imports.index.distribution", tools.distribution_index.module)
    asserts.equals(env, "distributions.txt", tools.distributions.basename)
    asserts.equals(env, "every_target.json", tools.repository.basename)
    return analysistest.end(env)

check_tools_test = analysistest.make(
    _check_tools_test_impl,
    doc = "Passes where the check has all that it needs.",
)
