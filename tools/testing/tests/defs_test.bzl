"""Tests of what `pytest_test` reads of its attributes."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/testing:defs.bzl", "distribution_of", "listed_tests", "quarantined_cases")
load("//tools/testing:starlark.bzl", "refusals")

def _listed_tests_test_impl(ctx):
    env = unittest.begin(ctx)
    files = ["test_a.py", ":b_test.py", Label("//libs/ml:test_c.py")]
    asserts.equals(env, files, listed_tests("libs/ml", "test_a", files + ["conftest.py", ":conftest.py"]))
    for srcs in [[], ["conftest.py"], [Label("//libs/ml:conftest.py")]]:
        asserts.equals(env, [
            "//libs/ml:test_a lists no test file in srcs. Fix: name at least one test_*.py.",
        ], refusals(listed_tests, "libs/ml", "test_a", srcs))
    return unittest.end(env)

listed_tests_test = unittest.make(_listed_tests_test_impl)

def _quarantined_cases_test_impl(ctx):
    env = unittest.begin(ctx)
    quarantine = [
        {"case": "libs/ml/test_a.py::test_b[x y]"},
        {"case": "libs/ml/test_ab.py::test_b"},
        {"case": "libs/test_a.py::test_b"},
        {"case": "libs/mq/test_c.py::test_d"},
    ]
    files = [":test_a.py", Label("//libs/mq:test_c.py")]
    asserts.equals(env, [
        "'libs/ml/test_a.py::test_b[x y]'",
        "'libs/mq/test_c.py::test_d'",
    ], quarantined_cases("libs/ml", files, quarantine))
    asserts.equals(env, [], quarantined_cases("libs/ml", files, []))
    return unittest.end(env)

quarantined_cases_test = unittest.make(_quarantined_cases_test_impl)

def _distribution_of_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, "prometheus_client", distribution_of("@pip//prometheus_client"))
    asserts.equals(env, "prometheus_client", distribution_of("@pip//prometheus_client:pkg"))
    asserts.equals(env, None, distribution_of("//tools/testing"))
    return unittest.end(env)

distribution_of_test = unittest.make(_distribution_of_test_impl)
