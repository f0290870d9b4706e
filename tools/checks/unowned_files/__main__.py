"""Writes which files no check sees; the program of a findings_test.

Invoked by Bazel as: unowned_files --report=FILE --files=FILE --bazelignore=FILE
--pyproject=FILE --distributions=FILE --bazelrc=FILE… --starlark=FILE…
--source=FILE…
Exits 0 for findings too: the report is what is cached, and a test fails on it.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.build_files.taken_names import distribution_names
from tools.checks.unowned_files.examine import examine
from tools.checks.unowned_files.tree import Tree
from tools.findings.finding import format_report
from tools.tree.paths import path_in_tree
from tools.workspace.labels import hidden_folders

INPUTS = ("files", "bazelignore", "pyproject", "distributions")


def read_group(files: Iterable[str], group: str) -> dict[str, bytes]:
    """Return the content of files of a group, by their paths from the root."""
    return {path_in_tree(file, group): Path(file).read_bytes() for file in files}


def read_texts(files: Iterable[str], group: str) -> dict[str, str]:
    """Return the same as text, whatever bytes it holds."""
    read = read_group(files, group).items()
    return {path: data.decode(errors="replace") for path, data in read}


def main(argv: Sequence[str] | None = None) -> int:
    """Examine the tree and write the report."""
    parser = argparse.ArgumentParser(prog="unowned_files", fromfile_prefix_chars="@")
    for name in ("report", *INPUTS):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("bazelrc", "starlark", "source"):
        parser.add_argument(f"--{name}", action="append", default=[])
    options = parser.parse_args(argv)
    # A name that is no UTF-8 is listed with escapes, and refused.
    text = {
        name: getattr(options, name).read_text("utf-8", errors="backslashreplace")
        for name in INPUTS
    }
    tree = Tree(
        files=text["files"].removesuffix("\n").split("\n"),
        starlark=read_texts(options.starlark, "build_files"),
        hidden=hidden_folders(text["bazelignore"]),
        bazelrc=read_texts(options.bazelrc, "bazelrcs"),
        pyproject=text["pyproject"],
        sources=read_group(options.source, "test_files"),
        distributions=distribution_names(text["distributions"]),
    )
    options.report.write_text(format_report(examine(tree)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
