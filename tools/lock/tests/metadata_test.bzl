"""Tests of how the metadata of locked distributions is named."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/lock/consistency:metadata.bzl", "metadata_inputs")

def _metadata_inputs_test_impl(ctx):
    env = unittest.begin(ctx)
    wanted = {"@pip//h11:dist_info": "metadata", "@pip//numpy:dist_info": "metadata"}
    asserts.equals(env, wanted, metadata_inputs(["@pip//h11:pkg", "@pip//numpy:pkg"]))
    return unittest.end(env)

metadata_inputs_test = unittest.make(_metadata_inputs_test_impl)
