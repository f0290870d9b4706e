"""Tests of what the inventory of files says where git doesn't answer."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/testing:starlark.bzl", "refusals")
load("//tools/tree:extension.bzl", "git_output")

def _context(git, return_code = 0, stdout = "", stderr = ""):
    """Returns what stands for the context of a repository rule."""
    done = struct(return_code = return_code, stdout = stdout, stderr = stderr)
    return struct(which = lambda _: git, execute = lambda _: done)

def _git_output_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, "a\0b", git_output(_context("/usr/bin/git", stdout = "a\0b"), "/checkout", ["ls-files"]))
    asserts.equals(env, [
        "git isn't on the PATH, and the inventory of files comes from it. Fix: install git.",
    ], refusals(git_output, _context(None), "/checkout", ["ls-files"]))
    asserts.equals(env, [
        "git can't list the files of /checkout: fatal: not a git repository\n" +
        "Fix: build in a git checkout (git init makes one).",
    ], refusals(
        git_output,
        _context("/usr/bin/git", return_code = 128, stderr = "fatal: not a git repository\n"),
        "/checkout",
        ["ls-files"],
    ))
    return unittest.end(env)

git_output_test = unittest.make(_git_output_test_impl)
