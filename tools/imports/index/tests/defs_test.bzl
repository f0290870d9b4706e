"""Tests of where a target's modules are found."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/imports/index:defs.bzl", "import_roots")

def _import_roots_test_impl(ctx):
    env = unittest.begin(ctx)
    for imports, wanted in [
        ([], []),
        (["."], ["libs/ml"]),
        (["src", "./src/../gen"], ["libs/ml/src", "libs/ml/gen"]),
        # The root is on the import path in any case.
        (["../.."], []),
    ]:
        asserts.equals(env, wanted, import_roots("libs/ml", imports))
    return unittest.end(env)

import_roots_test = unittest.make(_import_roots_test_impl)
