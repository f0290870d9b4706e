"""Tests of Starlark: with which texts a function refuses.

What a function returns is tested by skylib's `unittest`, and what a target provides by its `analysistest`.
"""

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
