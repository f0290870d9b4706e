"""Declares importable Python code."""

def py_library(name, **kwargs):
    """Declares importable Python code.

    Args:
      name: the target's name.
      **kwargs: the attributes of upstream's rule that Bazel's own has too.
    """

    # This is what stands below: Bazel's own rule. buildifier: disable=native-py
    native.py_library(name = name, **kwargs)
