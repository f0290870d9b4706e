"""Tests of the layers that a program has."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//tools/image/private:layer_actions.bzl", "ImageLayersInfo")

def _program_layers_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[ImageLayersInfo]
    asserts.equals(env, ["numpy"], info.distributions)
    asserts.equals(env, ["tools/image"], info.folders)
    names = [file.basename for file in target[DefaultInfo].files.to_list()]
    for name in ["interpreter", "numpy"]:
        asserts.true(env, [file for file in names if file.startswith(name + ".")], "no {} in {}".format(name, names))
    groups = target[OutputGroupInfo]
    for group in ["_validation", "entrypoint", "indexes", "runfiles"]:
        asserts.true(env, hasattr(groups, group), "no group " + group)
    return analysistest.end(env)

program_layers_test = analysistest.make(
    _program_layers_test_impl,
    doc = "Passes where the layers of the example are those of its distribution, its code and the interpreter.",
)

def _beside_impl(ctx):
    return [DefaultInfo(runfiles = ctx.runfiles(root_symlinks = {"tmp/BUILD.bazel": ctx.file.file}))]

beside = rule(
    doc = "Has a file beside the repository in its runfiles.",
    implementation = _beside_impl,
    attrs = {
        "file": attr.label(
            doc = "The file.",
            allow_single_file = True,
            mandatory = True,
        ),
    },
)
