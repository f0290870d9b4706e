"""Tests of the two programs that `bazel coverage` calls."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

def _generator_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    executable = target[DefaultInfo].files_to_run.executable
    asserts.equals(env, target.label.name, executable.basename)
    asserts.equals(env, [executable], target[DefaultInfo].files.to_list())
    runfiles = [file.basename for file in target[DefaultInfo].default_runfiles.files.to_list()]
    asserts.equals(env, ctx.attr.is_run_anew, "stable-status.txt" in runfiles, str(runfiles))
    return analysistest.end(env)

generator_test = analysistest.make(
    _generator_test_impl,
    doc = "Passes where a generator is one file of its target's name.",
    attrs = {
        "is_run_anew": attr.bool(doc = "Whether each `coverage` runs it anew."),
    },
)
