"""Tests of what `PyClosureInfo` says of a target."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//tools/closure:defs.bzl", "PyClosureInfo", "py_closure")

def _names(files):
    return [file.basename for file in files]

def _library_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[PyClosureInfo]
    asserts.equals(env, "", info.main)
    asserts.equals(env, None, info.distribution)
    asserts.equals(env, target.label, info.sources.label)
    asserts.equals(env, ["subject.py"], _names(info.sources.srcs))
    asserts.equals(env, ["subject.pyi"], _names(info.sources.stubs))
    asserts.equals(env, ["BUILD.bazel"], _names(info.sources.data))
    asserts.equals(env, ("..",), info.sources.imports)
    (distribution,) = info.distributions.to_list()
    asserts.equals(env, "h11", distribution.name)
    return analysistest.end(env)

library_test = analysistest.make(
    _library_test_impl,
    doc = "Passes where a library's own files are told apart.",
    extra_target_under_test_aspects = [py_closure],
)

def _program_test_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[PyClosureInfo]
    asserts.equals(env, "tools.closure.tests.program", info.main)
    asserts.equals(env, ["subject", "program"], [part.label.name for part in info.transitive_sources.to_list()])
    asserts.equals(env, ["h11"], [distribution.name for distribution in info.distributions.to_list()])
    return analysistest.end(env)

program_test = analysistest.make(
    _program_test_impl,
    doc = "Passes where a program names its module and all below it.",
    extra_target_under_test_aspects = [py_closure],
)

def _distribution_test_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[PyClosureInfo]
    own = info.distribution
    asserts.equals(env, None, info.sources)
    asserts.equals(env, ["h11"], [distribution.name for distribution in info.distributions.to_list()])
    asserts.equals(env, "h11", own.name)
    asserts.true(env, own.version, "no version")
    asserts.equals(env, "site-packages", own.import_root.rpartition("/")[2])
    for file in own.files:
        asserts.true(env, (file.short_path + "/").startswith(own.import_root + "/"), file.short_path)
    return analysistest.end(env)

distribution_test = analysistest.make(
    _distribution_test_impl,
    doc = "Passes where a distribution says what and where it is.",
    extra_target_under_test_aspects = [py_closure],
)
