"""Writes the index of one distribution; a build action.

Invoked by Bazel as: distribution --output=FILE --label=LABEL [--dep=LABEL]…
[--folder=DIRECTORY | --file=PATH_FROM_SITE_PACKAGES…] [--entry-points=FILE]

A distribution is one directory on one line of supply and single files on the other.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.imports.index.modules import distribution_index


def walk(folder: str) -> Iterator[str]:
    """Yield the files of a folder by their paths in it."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            yield os.path.relpath(os.path.join(parent, name), folder)


def entry_point_files(folder: str) -> Iterator[str]:
    """Yield the files in which a distribution names its entry points."""
    for name in os.listdir(folder):
        file = os.path.join(folder, name, "entry_points.txt")
        if name.endswith(".dist-info") and os.path.exists(file):
            yield file


def is_plugin(files: Sequence[str]) -> bool:
    """Return whether pytest loads a module of the distribution by an entry point."""
    for file in files:
        with open(file, encoding="utf-8") as opened:
            if any(line.strip() == "[pytest11]" for line in opened):
                return True
    return False


def main(argv: Sequence[str]) -> int:
    """Write the index."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--label", required=True)
    for name in ("--dep", "--folder", "--file", "--entry-points"):
        parser.add_argument(name, action="append", default=[])
    options = parser.parse_args(argv)
    files, entry_points = options.file, options.entry_points
    for folder in options.folder:
        files += walk(folder)
        entry_points += entry_point_files(folder)
    text = distribution_index(
        options.label,
        files,
        deps=sorted(options.dep),
        is_plugin=is_plugin(entry_points),
    )
    options.output.write_text(text, encoding="utf-8")
    return 0
