"""Tests of the rule that trains a model."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//tools/testing:starlark.bzl", "own_actions")

def _trained_model_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    (action,) = own_actions(env)
    asserts.equals(env, "TrainModel", action.mnemonic)
    asserts.equals(env, ["--seed", "20", "--model"], action.argv[1:4])
    names = ["digits.npz", "digits.json"]
    info = target[DefaultInfo]
    for files in [action.outputs, info.files, info.default_runfiles.files]:
        asserts.equals(env, names, [file.basename for file in files.to_list()])
    asserts.equals(env, info.files, ctx.attr.for_arm64[0][DefaultInfo].files)
    return analysistest.end(env)

def _to_arm64_impl(_settings, _attr):
    return {"//command_line_option:platforms": ["//tools/image/platforms:linux_arm64"]}

_to_arm64 = transition(
    implementation = _to_arm64_impl,
    inputs = [],
    outputs = ["//command_line_option:platforms"],
)

trained_model_test = analysistest.make(
    _trained_model_test_impl,
    attrs = {
        "for_arm64": attr.label(cfg = _to_arm64, doc = "The target under test, as the image for arm64 has it."),
    },
    doc = "Passes where a model and its card are made in one action, which is the same for each platform.",
)
