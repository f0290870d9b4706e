"""Tests of which checks the aspect attaches to a target, and of what its dependents get."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//tools/checks:defs.bzl", "checks")
load("//tools/checks/private:aspect.bzl", "ChecksInfo")
load("//tools/checks/private:types.bzl", "TypesInfo")

def _names(files):
    return sorted([file.basename for file in files.to_list()])

def _checks_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[ChecksInfo]
    asserts.equals(env, sorted(ctx.attr.reports), _names(info.reports))
    asserts.equals(env, sorted(ctx.attr.sources), sorted([file.basename for file in info.own]))
    targets = {name.partition(".")[0] + ".checks.passed": None for name in ctx.attr.reports}
    asserts.equals(env, sorted(targets), _names(info.validations))
    types = target[TypesInfo]
    asserts.equals(env, sorted(ctx.attr.interfaces), _names(types.interfaces))
    for site in types.sites.to_list():
        asserts.equals(env, "site-packages", site.rpartition("/")[2])
    asserts.equals(env, ctx.attr.has_distributions, bool(types.sites.to_list() and types.distributions.to_list()))
    return analysistest.end(env)

checks_test = analysistest.make(
    _checks_test_impl,
    doc = "Passes where a target has just these checks.",
    extra_target_under_test_aspects = [checks],
    attrs = {
        "has_distributions": attr.bool(doc = "Whether distributions are below the target."),
        "interfaces": attr.string_list(doc = "The interfaces at and below the target."),
        "reports": attr.string_list(doc = "The reports at and below the target."),
        "sources": attr.string_list(doc = "The files that the target's own checks see."),
    },
)
