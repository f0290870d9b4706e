"""Tests of the tags that switch a check off."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/checks/private:switches.bzl", "is_on")
load("//tools/testing:starlark.bzl", "refusals")

_TARGET = Label("//libs/chain:user")

def _switches_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.true(env, is_on(_TARGET, [], "ruff"))
    asserts.true(env, is_on(_TARGET, ["no-black=why", "no-ruffle"], "ruff"))
    asserts.false(env, is_on(_TARGET, ["no-ruff=written by protoc"], "ruff"))
    for tag in ["no-ruff", "no-ruff=", "no-ruff= "]:
        asserts.equals(env, [
            '//libs/chain:user switches ruff off by the tag "{}" without a reason. '.format(tag) +
            'Fix: tags = ["no-ruff=<why>"], or take the tag out.',
        ], refusals(is_on, _TARGET, [tag], "ruff"))
    return unittest.end(env)

switches_test = unittest.make(_switches_test_impl)
