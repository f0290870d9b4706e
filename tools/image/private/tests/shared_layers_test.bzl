"""Tests of what has a layer of its own."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/image/private:shared_layers.bzl", "check_distribution")
load("//tools/testing:starlark.bzl", "refusals")

_LAYER = Label("//tools/image:numpy")
_LIBRARY = Label("//libs/ml:ml")

def _check_distribution_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, [], refusals(check_distribution, _LAYER, _LIBRARY, struct(name = "numpy")))
    asserts.equals(env, [
        "//tools/image:numpy is to be a layer of {}, which is no locked distribution.\n".format(_LIBRARY) +
        "Fix: bazel run //tools/image:update_layer_table",
    ], refusals(check_distribution, _LAYER, _LIBRARY, None))
    return unittest.end(env)

check_distribution_test = unittest.make(_check_distribution_test_impl)
