"""Declares a Python program that is a test."""

load("//python/private:isolation.bzl", "check_interpreter_args")
load("//python/private:typing.bzl", "typing_hints")
load("//python/private:validate_test_main.bzl", "main_hints")

def py_test(name, interpreter_args = [], pyi_srcs = [], pyi_deps = [], **kwargs):
    """Declares a Python program that is a test.

    Args:
      name: the target's name; `main` defaults to `<name>.py`.
      interpreter_args: only `-I` is possible here, and is always in force.
      pyi_srcs: stubs; type checkers read them, and nothing runs them.
      pyi_deps: what is imported for types only.
      **kwargs: the attributes of upstream's rule that Bazel's own has too.
    """
    check_interpreter_args(name, interpreter_args)

    attributes = kwargs | typing_hints(name, pyi_srcs, pyi_deps, {"testonly": True} | kwargs)

    # This is what stands below: Bazel's own rule. buildifier: disable=native-py
    native.py_test(name = name, **(attributes | main_hints(name, attributes)))
