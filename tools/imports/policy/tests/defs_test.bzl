"""Tests of who may depend on what."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/imports/policy:defs.bzl", "denied_prefixes")

_TRAINING = ("imports/restricted", "@pip//scikit_learn", "only training uses it")

def _denied_prefixes_test_impl(ctx):
    env = unittest.begin(ctx)
    for package, wanted in {
        "": [],
        "libs/ml": [("imports/layer", "//services", "libs never depend on services")],
        "libs/mlx": [("imports/layer", "//services", "libs never depend on services"), _TRAINING],
        "services/fastapi_ml": [
            ("imports/layer", "//services/tests", "tests never run inside a service"),
            ("imports/layer", "//tools", "tools never run inside a service"),
            _TRAINING,
        ],
        "tools/imports": [],
    }.items():
        found = [(denied.rule, denied.prefix, denied.why) for denied in denied_prefixes(package)]
        asserts.equals(env, wanted, found)
    return unittest.end(env)

denied_prefixes_test = unittest.make(_denied_prefixes_test_impl)
