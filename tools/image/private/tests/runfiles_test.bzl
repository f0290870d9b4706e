"""Tests of what an image has of runfiles and where, and of what comes into it by data alone."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/image/private:runfiles.bzl", "beside_path", "check_loose", "own_links")
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

def _check_loose_test_impl(ctx):
    env = unittest.begin(ctx)
    loose = struct(label = Label("//services/ml:ml"), library = Label("//libs/ml:train"), names = ("numpy", "scipy"))

    def refused(names, present):
        programs = struct(loose = depset([loose]), programs = depset([struct(names = names)]))
        return refusals(check_loose, programs, present)

    asserts.equals(env, [], refused(("numpy", "scipy"), ["numpy", "scipy"]))
    asserts.equals(env, [], refused(("numpy",), ["numpy"]))
    asserts.equals(env, [
        "//services/ml:ml names //libs/ml:train in its data, where it brings scipy, which tests and `bazel run` " +
        "can't import, and an image could.\nFix: name it in deps.",
    ], refused(("numpy",), ["numpy", "scipy"]))
    return unittest.end(env)

check_loose_test = unittest.make(_check_loose_test_impl)

def _own_links_test_impl(ctx):
    env = unittest.begin(ctx)
    data = struct(path = "a/_b.venv/c.txt", target_file = struct(owner = Label("//a:c.txt")))
    planted = struct(path = "a/_b.venv/lib/d.so", target_file = struct(owner = Label("@pip//pytest")))
    same = struct(path = "a/d.so", target_file = planted.target_file)
    apart = {planted.target_file.owner.repo_name: None}
    asserts.equals(env, [data, same], own_links([data, planted, same], apart))
    return unittest.end(env)

own_links_test = unittest.make(_own_links_test_impl)
