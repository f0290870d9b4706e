"""Declares an interpreter in the build."""

def py_runtime(name, **kwargs):
    """Declares an interpreter in the build.

    Args:
      name: the target's name.
      **kwargs: the attributes of Bazel's own rule.
    """

    # This is what stands below: Bazel's own rule. buildifier: disable=native-py
    native.py_runtime(name = name, **kwargs)
