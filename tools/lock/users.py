"""Finds what of the repository uses a distribution: imports and BUILD files, by line."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tools.lock.pins import read_text
from tools.source_text.parsing import UNPARSABLE
from tools.workspace.files import known_files
from tools.workspace.git import GitError
from tools.workspace.labels import pip_label
from tools.workspace.names import label_name

MODULES = "tools/imports/distributions/distributions.txt"
_KINDS = ("*.py", "*.pyi", "*BUILD.bazel", "*BUILD", "*.bzl")
LABEL = re.compile(r"[\"']@pip//([A-Za-z0-9_.-]+)")


def sources(root: Path) -> list[str]:
    """Return the Python and BUILD files of the repository; none where there is no git."""
    try:
        return known_files(root, *_KINDS)
    except GitError:
        return []


def modules_of(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the modules that only these distributions provide, with the names."""
    wanted = {pip_label(name): name for name in names}
    rows = (line.split() for line in read_text(root / MODULES).splitlines())
    return {
        row[0]: wanted[row[1]] for row in rows if len(row) == 2 and row[1] in wanted
    }


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Yield the modules that a source imports, each with its line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def importers(root: Path, modules: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the places that import modules, or what is below them, as `path:line: imports module`.

    Args:
        root: the repository's folder.
        modules: the modules, each with the name of what provides it.

    Returns:
        The places by that name.
    """
    found: dict[str, list[str]] = {}
    for path in sources(root):
        if not path.endswith((".py", ".pyi")):
            continue
        try:
            used = list(imports(read_text(root / path)))
        except UNPARSABLE:
            # Written for a newer Python, or for none: its target's deps say it.
            continue
        for line, module in used:
            for known, name in modules.items():
                if f"{module}.".startswith(f"{known}."):
                    place = f"{path}:{line}: imports {known}"
                    found.setdefault(name, []).append(place)
    return {name: list(dict.fromkeys(places)) for name, places in found.items()}


def users(root: Path, names: Iterable[str]) -> dict[str, list[str]]:
    """Return the places that use each of the distributions, as `path:line: text`."""
    names = list(names)
    keys = {label_name(name): name for name in names}
    found = importers(root, modules_of(root, names))
    for path in sources(root):
        if path.endswith((".py", ".pyi")):
            continue
        for line, written in enumerate(read_text(root / path).splitlines(), 1):
            for key in dict.fromkeys(LABEL.findall(written)):
                if owner := keys.get(label_name(key)):
                    place = f"{path}:{line}: names {pip_label(key)}"
                    found.setdefault(owner, []).append(place)
    return {name: sorted(places, key=_path) for name, places in found.items()}


def _path(place: str) -> str:
    return place.partition(":")[0]
