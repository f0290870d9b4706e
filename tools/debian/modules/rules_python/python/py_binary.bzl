"""Declares an executable Python program."""

load("//python/private:isolation.bzl", "check_interpreter_args")

def py_binary(name, interpreter_args = [], **kwargs):
    """Declares an executable Python program.

    Args:
      name: the target's name; `main` defaults to `<name>.py`.
      interpreter_args: only `-I` is possible here, and is always in force.
      **kwargs: the attributes of upstream's rule that Bazel's own has too.
    """
    check_interpreter_args(name, interpreter_args)

    # This is what stands below: Bazel's own rule. buildifier: disable=native-py
    native.py_binary(name = name, **kwargs)
