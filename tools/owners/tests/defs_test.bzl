"""Tests of who can be an owner."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/owners:defs.bzl", "unknown_owners")

def _unknown_owners_test_impl(ctx):
    env = unittest.begin(ctx)
    known = ["@ada", "@acme/ml", "ada@acme.example"]
    asserts.equals(env, [], unknown_owners(known))
    asserts.equals(env, ["acme/ml", "@ada @bob", "ada@"], unknown_owners(known + ["acme/ml", "@ada @bob", "ada@"]))
    return unittest.end(env)

unknown_owners_test = unittest.make(_unknown_owners_test_impl)
