"""Writes what no check sees; the program of the action SeenCheck.

Invoked by Bazel as: seen --report=FILE --files=FILE --bazelrc=FILE --bazelignore=FILE
--pyproject=FILE --distributions=FILE --starlark=PATH_FROM_ROOT=FILE…
--source=PATH_FROM_ROOT=FILE…
Exits 0 for findings too: the report is what is cached, and a test fails on it.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.build_files.taken_names import distribution_names
from tools.checks.seen.guard import examine
from tools.checks.seen.tree import Tree
from tools.findings.finding import format_report
from tools.workspace.labels import hidden_folders

INPUTS = ("files", "bazelrc", "bazelignore", "pyproject", "distributions")


def read_named(pairs: Iterable[str]) -> dict[str, bytes]:
    """Return the content of files that are given as PATH_FROM_ROOT=FILE."""
    split = (pair.partition("=") for pair in pairs)
    return {path: Path(file).read_bytes() for path, _, file in split}


def main(argv: Sequence[str] | None = None) -> int:
    """Examine the tree and write the report."""
    parser = argparse.ArgumentParser(prog="seen", fromfile_prefix_chars="@")
    for name in ("report", *INPUTS):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--starlark", action="append", default=[])
    parser.add_argument("--source", action="append", default=[])
    options = parser.parse_args(argv)
    # A name that is no UTF-8 is listed with escapes, and refused.
    text = {
        name: getattr(options, name).read_text("utf-8", errors="backslashreplace")
        for name in INPUTS
    }
    starlark = read_named(options.starlark)
    tree = Tree(
        files=text["files"].removesuffix("\n").split("\n"),
        starlark={path: it.decode(errors="replace") for path, it in starlark.items()},
        hidden=hidden_folders(text["bazelignore"]),
        bazelrc=text["bazelrc"],
        pyproject=text["pyproject"],
        sources=read_named(options.source),
        distributions=distribution_names(text["distributions"]),
    )
    options.report.write_text(format_report(examine(tree)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
