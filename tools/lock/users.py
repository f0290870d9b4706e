"""Finds what of the repository uses a distribution: imports and BUILD files, by line."""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.lock.pins import bazel_name, read_text

MODULES = "tools/imports/distributions/distributions.txt"
_UNREADABLE = (SyntaxError, ValueError)
LABEL = re.compile(r"[\"']@pip//([A-Za-z0-9_.-]+)")


def tracked(root: Path) -> list[str]:
    """Return the paths of the repository's Python and BUILD files."""
    git = ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z"]
    kinds = ["*.py", "*.pyi", "*BUILD.bazel", "*BUILD", "*.bzl"]
    listed = subprocess.run(
        [*git, "--cached", "--others", "--exclude-standard", *kinds],
        capture_output=True,
        text=True,
        check=False,
    )
    return sorted(set(listed.stdout.split("\0")) - {""})


def modules_of(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the modules that only these distributions provide, with the names."""
    wanted = {f"@pip//{bazel_name(name)}": name for name in names}
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
    keys = {bazel_name(name): name for name in names}
    found: dict[str, list[str]] = {}
    for path in tracked(root):
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
                if owner := keys.get(bazel_name(key)):
                    place = f"{path}:{line}: names @pip//{bazel_name(key)}"
                    found.setdefault(owner, []).append(place)
    return {name: list(dict.fromkeys(places)) for name, places in found.items()}
