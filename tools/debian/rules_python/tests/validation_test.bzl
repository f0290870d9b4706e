"""Tests of when rules_python, or the stand-in for it, validates what a `py_test` starts."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

_FLAG = str(Label("@rules_python//python/config_settings:validate_test_main"))

def _validation_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    files = getattr(target[OutputGroupInfo], "_validation", depset()).to_list()
    found = [file for file in files if "validate_test_main" in file.basename]
    asserts.equals(env, ctx.attr.wanted, bool(found))
    return analysistest.end(env)

def _validation_test(value, wanted):
    return analysistest.make(
        _validation_test_impl,
        doc = "Passes where the flag \"{}\" has a test validated, or not.".format(value),
        attrs = {"wanted": attr.bool(default = wanted, doc = "Whether a validation is wanted.")},
        config_settings = {_FLAG: value},
    )

enabled_test = _validation_test("enabled", wanted = True)
auto_test = _validation_test("auto", wanted = False)
