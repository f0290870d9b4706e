"""Tests of how a program in a wheel is found."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/checks/private:wheel_program.bzl", "wheel_program")
load("//tools/testing:starlark.bzl", "refusals")

def _file(folder, name):
    return struct(dirname = folder, basename = name)

def _wheel_program_test_impl(ctx):
    env = unittest.begin(ctx)
    program = _file("external/pip_ruff/bin", "ruff")
    others = [_file("external/pip_ruff/bin", "other"), _file("external/pip_ruff/site-packages/ruff", "ruff")]
    asserts.equals(env, program, wheel_program(others + [program], "ruff"))
    for files, found in [(others, 0), ([program, program], 2)]:
        asserts.equals(env, [
            "@pip//ruff:data has {} files bin/ruff, wanted one. Fix: pin a release of ruff that has it.".format(found),
        ], refusals(wheel_program, files, "ruff"))
    return unittest.end(env)

wheel_program_test = unittest.make(_wheel_program_test_impl)
