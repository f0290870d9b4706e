"""Tests of the layers that a program has, and of what makes none."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//tools/image/private:layer_actions.bzl", "ImageLayersInfo")
load("//tools/image/private:program_layers.bzl", "check_program")
load("//tools/testing:starlark.bzl", "refusals")

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

_PROGRAM = Label("//services/ml:ml")

def _refused(main = "services.ml.main", entrypoint = [], args = [], env = [], sets = [], has_command = False):
    launcher = struct(args = args, env = env)
    return refusals(check_program, _PROGRAM, main, entrypoint, launcher, sets, has_command)

def _check_program_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, [], _refused())
    asserts.equals(env, [], _refused(main = "", entrypoint = ["/usr/bin/env"]))
    asserts.equals(env, [], _refused(args = ["--fast"], has_command = True))
    asserts.equals(env, [], _refused(env = ["MODE"], sets = ["LEVEL", "MODE"]))
    asserts.equals(env, [
        "//services/ml:ml is no program: it starts no module.\nFix: name a py_binary.",
    ], _refused(main = ""))
    asserts.equals(env, [
        "//services/ml:ml starts with args [\"--fast\"], which its image doesn't add.\n" +
        "Fix: cmd = [\"--fast\"] in py_image.",
    ], _refused(args = ["--fast"]))
    asserts.equals(env, [
        "//services/ml:ml sets LEVEL, MODE in its env, which its image doesn't set.\n" +
        "Fix: name it in the env of py_image.",
    ], _refused(env = ["LEVEL", "MODE", "SET"], sets = ["SET"]))
    return unittest.end(env)

check_program_test = unittest.make(_check_program_test_impl)
