"""Declares importable Python code."""

load("//python/private:typing.bzl", "typing_hints")

def py_library(name, pyi_srcs = [], pyi_deps = [], **kwargs):
    """Declares importable Python code.

    Args:
      name: the target's name.
      pyi_srcs: stubs; type checkers read them, and nothing runs them.
      pyi_deps: what is imported for types only.
      **kwargs: the attributes of upstream's rule that Bazel's own has too.
    """
    hints = typing_hints(name, pyi_srcs, pyi_deps, kwargs)

    # This is what stands below: Bazel's own rule. buildifier: disable=native-py
    native.py_library(name = name, **(kwargs | hints))
