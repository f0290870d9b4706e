"""Tests of Starlark: with which texts a function refuses, and which actions a target declares.

What a function returns is tested by skylib's `unittest`, and what a target provides by its `analysistest`.
"""

load("@bazel_skylib//lib:unittest.bzl", "analysistest")

def own_actions(env):
    """Returns the actions of the target under test, without the one that Bazel adds under coverage.

    Args:
      env: what `analysistest.begin` returned.
    """
    return [action for action in analysistest.target_actions(env) if action.mnemonic != "BaselineCoverage"]

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
