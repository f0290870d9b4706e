"""Starts one module of a program archive; the `__main__` of every archive.

Invoked by Bazel as: python3 -I -S ARCHIVE MODULE [ARGUMENT…] or … MODULE @FILE, where
FILE holds one argument a line, or as a persistent worker: … MODULE --persistent_worker
"""

import sys
from collections.abc import Callable
from importlib import import_module


def read_arguments(argv: list[str]) -> list[str]:
    """Return the arguments, read from a file where the only one is `@FILE`."""
    if len(argv) == 1 and argv[0].startswith("@"):
        with open(argv[0][1:], encoding="utf-8") as file:
            return file.read().splitlines()
    return argv


def start(main: Callable[[list[str]], int], argv: list[str]) -> int:
    """Run a program, or serve with it where Bazel wants a persistent worker."""
    if "--persistent_worker" not in argv:
        return main(read_arguments(argv))
    # Here, since what it imports costs as much as a small check.
    serve: Callable[[object], int] = import_module("tools.py_action.worker").serve
    return serve(main)


if __name__ == "__main__":
    sys.exit(start(import_module(sys.argv[1]).main, sys.argv[2:]))
