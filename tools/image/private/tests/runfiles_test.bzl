"""Tests of where an image has what lies beside the repository."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/image/private:runfiles.bzl", "beside_path")
load("//tools/testing:starlark.bzl", "refusals")

_PROGRAM = Label("//services/ml:ml")

def _beside_path_test_impl(ctx):
    env = unittest.begin(ctx)
    for path, wanted in [("../data/a.txt", "data/a.txt"), ("../tmp_data/tmp", "tmp_data/tmp")]:
        asserts.equals(env, wanted, beside_path(_PROGRAM, path))
    for path in ["tmp/a.txt", "opt/venv/pyvenv.cfg", "app/a.py"]:
        asserts.equals(env, [
            "//services/ml:ml has ../{} in its runfiles, which would lie at /{} in its image.\n".format(path, path) +
            "Fix: name it below the repository: by `symlinks` in place of `root_symlinks`, or by a copy in a package.",
        ], refusals(beside_path, _PROGRAM, "../" + path))
    return unittest.end(env)

beside_path_test = unittest.make(_beside_path_test_impl)
