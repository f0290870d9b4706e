"""Starts one module of a program archive; the `__main__` of every archive.

Invoked by Bazel as: python3 -I -S ARCHIVE MODULE [ARGUMENT…] or … MODULE @FILE, where
FILE holds one argument a line.
"""

import sys
from importlib import import_module


def read_arguments(argv: list[str]) -> list[str]:
    """Return the arguments, read from a file where the only one is `@FILE`."""
    if len(argv) == 1 and argv[0].startswith("@"):
        with open(argv[0][1:], encoding="utf-8") as file:
            return file.read().splitlines()
    return argv


if __name__ == "__main__":
    sys.exit(import_module(sys.argv[1]).main(read_arguments(sys.argv[2:])))
