"""Writes what no check sees; the program of the action SeenCheck.

Invoked by Bazel as: seen --report=FILE --files=FILE --bazelrc=FILE --bazelignore=FILE
--pyproject=FILE --starlark=PATH_FROM_ROOT=FILE…
Exits 0 for findings too: the report is what is cached, and a test fails on it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.checks.seen.guard import Tree, examine
from tools.findings.finding import format_report
from tools.source_text.decoding import read_starlark


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file that say something."""
    # A name that is no UTF-8 is listed with escapes, and refused.
    text = path.read_text(encoding="utf-8", errors="backslashreplace")
    lines = (line.strip() for line in text.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]


def main(argv: Sequence[str] | None = None) -> int:
    """Examine the tree and write the report."""
    parser = argparse.ArgumentParser(prog="seen", fromfile_prefix_chars="@")
    for name in ("report", "files", "bazelrc", "bazelignore", "pyproject"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--starlark", action="append", default=[])
    options = parser.parse_args(argv)
    starlark = {}
    for argument in options.starlark:
        path, _, file = argument.partition("=")
        starlark[path] = read_starlark(Path(file))
    tree = Tree(
        files=read_lines(options.files),
        starlark=starlark,
        hidden=read_lines(options.bazelignore),
        bazelrc=options.bazelrc.read_text(encoding="utf-8"),
        pyproject=options.pyproject.read_text(encoding="utf-8"),
    )
    options.report.write_text(format_report(examine(tree)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
