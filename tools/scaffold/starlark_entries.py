"""Finds the strings of a BUILD or .bzl file that name a project, and takes entries of lists out."""

import ast
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tools.build_files.packages import BUILD_NAMES
from tools.build_files.starlark import loads_of, parse

# What lets others in: it goes with them.
GRANTS = frozenset({"default_visibility", "packages", "visibility"})
# What labels of a visibility list end in that name packages, not a group of one's own.
PACKAGES = ("__pkg__", "__subpackages__", "...")


class Named(NamedTuple):
    """A string that names the project."""

    value: str
    line: int
    entry: tuple[int, int] | None
    """From where to where the text goes without it, in bytes; None where something uses it."""


def named_in(path: str, text: str, name: re.Pattern[str]) -> Iterator[Named]:
    """Yield the strings of a file that name the project; what is only said is left out.

    In a BUILD file grants are entries that can go; in a .bzl file those of all lists and
    tables, which are settings. A test in a .bzl file names what it likes, and only loads use
    anything.

    Raises:
      StarlarkError: the file is not Starlark.
    """
    if not name.search(text):
        return
    tree = parse(text, path)
    starts = _line_starts(text)
    is_build = path.rpartition("/")[2] in BUILD_NAMES
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    loads = {label for label, _ in loads_of(tree)}
    is_test = path.endswith("_test.bzl")
    entries = dict(_entries(tree, is_build=is_build))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in said:
            continue
        if is_test and node.value not in loads:
            continue
        if isinstance(node.value, str) and name.search(node.value):
            first, last = entries.get(id(node), (None, None))
            place = None
            if first and last:
                start = starts[first.lineno - 1] + first.col_offset
                end = starts[(last.end_lineno or 0) - 1] + (last.end_col_offset or 0)
                place = (start, end)
            yield Named(node.value, node.lineno, place)


def _entries(
    tree: ast.Module, *, is_build: bool
) -> Iterator[tuple[int, tuple[ast.expr, ast.expr]]]:
    """Yield strings that are entries which can go, each with the entry's first and last part."""
    if is_build:
        words = [word for word in ast.walk(tree) if isinstance(word, ast.keyword)]
        tops: list[ast.AST] = [word.value for word in words if word.arg in GRANTS]
    else:
        tops = [node for node in tree.body if isinstance(node, ast.Assign)]
    for node in (node for top in tops for node in ast.walk(top)):
        match node:
            case ast.List(elts=elements):
                for element in elements:
                    if not is_build or _is_of_packages(element):
                        yield id(element), (element, element)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    for part in (key, value):
                        if key and part:
                            yield id(part), (key, value)


def _is_of_packages(node: ast.expr) -> bool:
    """Return whether a grant is for packages, and not for those that a group names."""
    text = node.value if isinstance(node, ast.Constant) else ""
    return isinstance(text, str) and (":" not in text or text.endswith(PACKAGES))


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def without(text: str, entries: Collection[tuple[int, int]]) -> str:
    """Return a text without entries of lists; a line that held nothing else goes too."""
    data = text.encode()
    for start, end in sorted(entries, reverse=True):
        if any(s <= start and end <= e for s, e in entries if (s, e) != (start, end)):
            continue
        indented, after = data[:start].rstrip(b" "), data[end:]
        whole_line = re.match(rb" *,? *(#.*)?\n", after)
        if whole_line and indented.endswith(b"\n"):
            data = indented + after[whole_line.end() :]
            continue
        after = after.lstrip(b" ").removeprefix(b",").lstrip(b" ")
        is_last = after.startswith((b"]", b"}"))
        data = (indented.removesuffix(b",") if is_last else data[:start]) + after
    return data.decode()
