"""Tests of what an image can be for."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/image/private:platforms.bzl", "checked_platforms")
load("//tools/testing:starlark.bzl", "refusals")

def _checked_platforms_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, [], refusals(checked_platforms, "//a:image", ["linux/arm64", "linux/amd64"]))
    asserts.equals(env, [
        "//a:image is to be for linux/riscv64, and images are for linux/amd64, linux/arm64.\n" +
        "Fix: name some of these in platforms.",
    ], refusals(checked_platforms, "//a:image", ["linux/amd64", "linux/riscv64"]))
    return unittest.end(env)

checked_platforms_test = unittest.make(_checked_platforms_test_impl)
