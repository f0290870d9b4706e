"""Writes the index of one distribution; a build action.

Invoked by Bazel as: distribution_index --output=FILE --label=LABEL [--dep=LABEL]…
[--folder=DIRECTORY | --file=PATH_FROM_SITE_PACKAGES…] [--entry-points=FILE]

A distribution is one directory on one line of supply and single files on the other.
"""

import os
from collections.abc import Iterator, Sequence

from tools.imports.modules import modules_of


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
    options: dict[str, list[str]] = {}
    for argument in argv:
        name, _, value = argument.removeprefix("--").partition("=")
        options.setdefault(name, []).append(value)
    files = options.get("file", [])
    entry_points = options.get("entry-points", [])
    for folder in options.get("folder", []):
        files = [*files, *walk(folder)]
        entry_points = [*entry_points, *entry_point_files(folder)]
    lines = [f"# label {options['label'][0]}"]
    lines += [f"# dep {dep}" for dep in sorted(options.get("dep", []))]
    lines += ["# plugin"] if is_plugin(entry_points) else []
    modules = sorted(modules_of(files))
    lines += ["# tops " + " ".join(sorted({m.partition(".")[0] for m in modules}))]
    lines += modules
    with open(options["output"][0], "w", encoding="utf-8") as output:
        output.writelines(line + "\n" for line in lines)
    return 0
