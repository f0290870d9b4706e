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
    return analysistest.end(env)

trained_model_test = analysistest.make(
    _trained_model_test_impl,
    doc = "Passes where a model and its card are made in one action.",
)
