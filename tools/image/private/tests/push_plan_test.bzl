"""Tests of where an image is pushed."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/image/private:publishing.bzl", "push_name")
load("//tools/image/private:push_plan.bzl", "checked_registry")
load("//tools/testing:starlark.bzl", "refusals")

def _checked_registry_test_impl(ctx):
    env = unittest.begin(ctx)
    for value in ["registry.example.com", "registry.example.com/team", "localhost", "localhost:5000/a"]:
        asserts.equals(env, value, checked_registry(value))
        asserts.equals(env, value, checked_registry(value + "/"))
    for value, problem in {
        "Registry.example.com": "registries take lower case only",
        "https://registry.example.com": "it has a scheme",
        "team/app": "that is no host, and a client would go to Docker Hub",
    }.items():
        asserts.equals(env, [
            "--//tools/image:registry={}: {}. Fix: name HOST or HOST/PREFIX, such as registry.example.com/team.".format(value, problem),
        ], refusals(checked_registry, value))
    return unittest.end(env)

checked_registry_test = unittest.make(_checked_registry_test_impl)

def _push_name_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, "push", push_name("image"))
    asserts.equals(env, "worker.push", push_name("worker"))
    return unittest.end(env)

push_name_test = unittest.make(_push_name_test_impl)
