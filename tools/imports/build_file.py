"""Reads a BUILD file without Bazel: its targets, and where each label is written.

A BUILD file is Python to the parser. Only what is written out is seen: a target that a
macro makes under another name is not, and neither is a label that a macro adds.
"""

import ast
import re
from collections.abc import Iterator

KEEP = re.compile(r"#\s*bazel: keep\b[\s:,;-]*(.*)")
LISTS = {
    "data",
    "default_visibility",
    "deps",
    "imports",
    "includes",
    "packages",
    "pyi_deps",
    "pyi_srcs",
    "srcs",
    "tags",
    "visibility",
}


class Literal:
    """A string in a BUILD file, and where it stands."""

    __slots__ = ("column", "line", "value")

    def __init__(self, value: str, line: int, column: int) -> None:
        self.value = value
        self.line = line
        self.column = column


class Call:
    """A call that makes a target."""

    __slots__ = ("flags", "function", "lists", "name", "node", "strings")

    def __init__(self, node: ast.Call, name: str) -> None:
        self.node = node
        self.name = name
        self.function = ast.unparse(node.func)
        self.lists: dict[str, list[Literal]] = {}
        self.strings: dict[str, Literal] = {}
        self.flags: set[str] = set()
        for keyword in node.keywords:
            self._take(keyword.arg or "", keyword.value)

    def _take(self, key: str, value: ast.expr) -> None:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.strings[key] = _literal(value, value.value)
        elif isinstance(value, ast.Constant):
            if value.value is True or value.value == 1:
                self.flags.add(key)
        elif isinstance(value, ast.Name):
            if value.id == "True":
                self.flags.add(key)
        elif key in LISTS:
            self.lists[key] = list(_strings(value))


class BuildFile:
    """One BUILD file."""

    __slots__ = ("calls", "lines", "package", "path")

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.package = path.rpartition("/")[0]
        self.lines = text.splitlines()
        self.calls: list[Call] = []
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = _keyword(node, "name")
                if name or node.func.id in {"package", "exports_files"}:
                    self.calls.append(Call(node, name))

    def call_of(self, name: str) -> Call | None:
        """Return the call that makes a target, by itself or through a macro."""
        best = None
        for call in self.calls:
            if call.name == name:
                return call
            made = call.name and name.startswith(call.name) and name[len(call.name)]
            if (
                made
                and made in "._-/"
                and len(call.name) > len(best.name if best else "")
            ):
                best = call
        return best

    def find(self, call: Call, key: str, label: str) -> Literal | None:
        """Return where a call names a label in a list, however it is spelled."""
        for literal in call.lists.get(key, []):
            if absolute_label(literal.value, self.package) == label:
                return literal
        return None

    def keep_reason(self, literal: Literal) -> str | None:
        """Return the reason of a `# bazel: keep` at a string, or None without one."""
        for number in (literal.line, literal.line - 1):
            line = self.lines[number - 1] if number else ""
            found = KEEP.search(line)
            own_line = number == literal.line or line.lstrip().startswith("#")
            if found and own_line:
                return found[1].strip()
        return None


def _keyword(node: ast.Call, name: str) -> str:
    for keyword in node.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""


def _literal(node: ast.expr, value: str) -> Literal:
    return Literal(value, node.lineno, node.col_offset + 1)


def _strings(value: ast.expr) -> Iterator[Literal]:
    """Yield the strings of a list, of sums of lists, and of a select's branches."""
    if isinstance(value, ast.Constant):
        if isinstance(value.value, str):
            yield _literal(value, value.value)
    elif isinstance(value, ast.Call) and ast.unparse(value.func) == "requirement":
        for name in _parts(value):
            if isinstance(name, ast.Constant):
                yield _literal(name, pip_label(str(name.value)))
    else:
        for part in _parts(value):
            yield from _strings(part)


def _parts(value: ast.expr) -> list[ast.expr]:
    match value:
        case ast.List() | ast.Tuple():
            return value.elts
        case ast.BinOp():
            return [value.left, value.right]
        case ast.Dict():
            return value.values
        case ast.Call():
            return value.args
    return []


def pip_label(distribution: str) -> str:
    """Return the label of a locked distribution."""
    return "@pip//" + re.sub(r"[-_.]+", "_", distribution).lower()


def absolute_label(text: str, package: str) -> str:
    """Return a label in its shortest absolute form: `//libs/ml`, `//libs/ml:train`.

    The library of a distribution has two names, `@pip//numpy` and `@pip//numpy:pkg`.
    """
    if text.startswith(("@@//", "@//")):
        text = text.lstrip("@")
    if text.startswith(":"):
        text = f"//{package}{text}"
    elif not text.startswith(("//", "@")):
        text = f"//{package}:{text}"
    folder, colon, name = text.partition(":")
    if not colon or folder.rpartition("/")[2] == name:
        return folder
    return folder if text.startswith("@pip//") and name == "pkg" else text
