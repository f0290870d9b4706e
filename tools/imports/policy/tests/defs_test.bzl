"""Tests of who may depend on what."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/imports/policy:defs.bzl", "denied_prefixes")

_FOLDERS = {
    "libs": {"services": "libs never depend on services"},
    "services": {
        "services/tests": "tests never run inside a service",
        "tools": "tools never run inside a service",
    },
}
_DISTRIBUTIONS = {"numpy": {"folders": ["libs/a"], "why": "only a does"}}
_RESTRICTED = ("imports/restricted", "@pip//numpy", "only a does")

def _denied_prefixes_test_impl(ctx):
    env = unittest.begin(ctx)
    for package, wanted in {
        "": [],
        "libs/a": [("imports/layer", "//services", "libs never depend on services")],
        "libs/ab": [("imports/layer", "//services", "libs never depend on services"), _RESTRICTED],
        "services/x": [
            ("imports/layer", "//services/tests", "tests never run inside a service"),
            ("imports/layer", "//tools", "tools never run inside a service"),
            _RESTRICTED,
        ],
        "tools/imports": [],
    }.items():
        denied = denied_prefixes(package, _FOLDERS, _DISTRIBUTIONS)
        found = [(entry.rule, entry.prefix, entry.why) for entry in denied]
        asserts.equals(env, wanted, found)
    return unittest.end(env)

denied_prefixes_test = unittest.make(_denied_prefixes_test_impl)
