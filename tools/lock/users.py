"""Finds what of the repository uses a distribution: imports and BUILD files, by line."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.lock.pins import read_text
from tools.workspace.files import known_files
from tools.workspace.git import GitError
from tools.workspace.labels import pip_label
from tools.workspace.names import label_name

MODULES = "tools/imports/distributions/distributions.txt"
_KINDS = ("*.py", "*.pyi", "*BUILD.bazel", "*BUILD", "*.bzl")
_UNREADABLE = (SyntaxError, ValueError)
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


def users(root: Path, names: Iterable[str]) -> dict[str, list[str]]:
    """Return the places that use each of the distributions, as `path:line: text`."""
    modules = modules_of(root, names)
    keys = {label_name(name): name for name in names}
    found: dict[str, list[str]] = {}
    for path in sources(root):
        text = read_text(root / path)
        if path.endswith((".py", ".pyi")):
            try:
                used = list(imports(text))
            except _UNREADABLE:
                # Written for a newer Python, or for none: its target's deps say it.
                continue
            for line, module in used:
                for known, name in modules.items():
                    if f"{module}.".startswith(f"{known}."):
                        place = f"{path}:{line}: imports {known}"
                        found.setdefault(name, []).append(place)
            continue
        for line, written in enumerate(text.splitlines(), 1):
            for key in LABEL.findall(written):
                if owner := keys.get(label_name(key)):
                    place = f"{path}:{line}: names {pip_label(key)}"
                    found.setdefault(owner, []).append(place)
    return {name: list(dict.fromkeys(places)) for name, places in found.items()}
