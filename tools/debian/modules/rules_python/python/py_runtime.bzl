"""Declares an interpreter in the build."""

def py_runtime(name, **kwargs):
    """Declares an interpreter in the build.

    Args:
      name: the target's name.
      **kwargs: the attributes of Bazel's own rule.
    """
    native.py_runtime(name = name, **kwargs)
