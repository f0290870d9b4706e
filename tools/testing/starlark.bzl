"""Tests of Starlark: why the analysis of a target fails, and with which texts a function refuses.

What a function returns is tested by skylib's `unittest`, and what a target provides by its `analysistest`.
"""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

failure_test = analysistest.make(
    _failure_test_impl,
    doc = "Passes where the analysis of `target_under_test` fails with a message; tag that target `manual`.",
    expect_failure = True,
    attrs = {
        "message": attr.string(
            doc = "What the error says: all of it, from `what` to `Fix`.",
            mandatory = True,
        ),
    },
)

def refusals(function, *args, **kwargs):
    """Returns the texts with which a function fails.

    Args:
      function: one that takes Bazel's `fail` as `_fail`, so that a test can read what it says.
      *args: its arguments.
      **kwargs: its named arguments.
    """
    texts = []
    function(_fail = texts.append, *args, **kwargs)
    return texts
