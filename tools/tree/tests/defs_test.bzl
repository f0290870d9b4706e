"""Tests of what macros may know of the tree."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/tree:defs.bzl", "ancestor_conftests")

def _ancestor_conftests_test_impl(ctx):
    env = unittest.begin(ctx)
    own = "tools/checks/tests/conftest.py"
    asserts.equals(env, [own], ancestor_conftests("tools/checks/tests"))
    asserts.equals(env, [own], ancestor_conftests("tools/checks/tests/deeper"))
    asserts.equals(env, [], ancestor_conftests("tools/checks"))
    asserts.equals(env, [], ancestor_conftests(""))
    return unittest.end(env)

ancestor_conftests_test = unittest.make(_ancestor_conftests_test_impl)
