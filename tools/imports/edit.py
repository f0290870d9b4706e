"""Edits a BUILD file in place: deps and sources of one target, and new targets.

Only the lines of the list that changes are written anew, as buildifier would write
them; comments stay with what they are about, and all else stays as it was.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tools.build_files.reader import BuildFile, Call
from tools.workspace.labels import absolute_label

INDENT = "    "
# Arguments that buildifier puts before all others, and those that it sorts by name.
FIRST = {"name", "size", "timeout", "testonly", "srcs"}
BY_NAME = {"pyi_deps", "pyi_srcs"}


class EditError(Exception):
    """A BUILD file is written in a way that an edit would spoil."""


class Item(NamedTuple):
    """One string of a list, with the comments that belong to it."""

    value: str
    before: tuple[str, ...] = ()
    behind: str = ""


def sort_key(value: str) -> tuple[int, list[str], str]:
    """Return buildifier's order: own package, this repository, other repositories."""
    phase = 4
    for number, prefix in enumerate([":", "//", "@"], 1):
        if value.startswith(prefix):
            phase = number
            break
    return (phase, value.replace(":", ".").split("."), value)


def _list_node(call: Call, key: str) -> ast.List | None:
    """Return the list that an edit changes: one written out, alone or in a sum.

    The patterns of a glob and the branches of a select are other lists.
    """
    for keyword in call.node.keywords:
        if keyword.arg == key:
            parts = [keyword.value]
            for node in parts:
                if isinstance(node, ast.List):
                    return node
                if isinstance(node, ast.BinOp):
                    parts += [node.left, node.right]
            raise EditError(f"line {keyword.lineno}: {key} is no list")
    return None


def read_items(lines: Sequence[str], node: ast.List) -> list[Item]:
    """Return the strings of a list with their comments.

    Raises:
        EditError: something else stands in the list.
    """
    items = []
    before: list[str] = []
    by_line: dict[int, list[ast.Constant]] = {}
    for element in node.elts:
        if not isinstance(element, ast.Constant) or not isinstance(element.value, str):
            raise EditError(f"line {element.lineno}: an element is no string")
        by_line.setdefault(element.lineno, []).append(element)
    for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
        line = lines[number - 1]
        found = by_line.get(number, [])
        for element in found:
            comment = re.search(r"#.*$", _split(line, element.end_col_offset)[1])
            behind = comment[0] if comment and len(found) == 1 else ""
            items.append(Item(str(element.value), tuple(before), behind))
            before = []
        if not found and line.strip().startswith("#"):
            before.append(line.strip())
    if before:
        raise EditError(f"line {node.end_lineno}: a comment ends the list")
    return items


def format_list(items: Iterable[Item], indent: str) -> str:
    """Return a list as buildifier writes it, without what stands before it."""
    ordered = sorted(items, key=lambda item: sort_key(item.value))
    plain = [item for item in ordered if not item.before and not item.behind]
    if len(ordered) < 2 and plain == ordered:
        return "[" + "".join(f'"{item.value}"' for item in ordered) + "]"
    lines = ["["]
    for item in ordered:
        lines += [f"{indent}{INDENT}{comment}" for comment in item.before]
        behind = f"  {item.behind}" if item.behind else ""
        lines.append(f'{indent}{INDENT}"{item.value}",{behind}')
    return "\n".join([*lines, f"{indent}]"])


def _split(line: str, offset: int | None) -> tuple[str, str]:
    """Return a line cut where the parser says, which counts bytes."""
    data = line.encode()
    return data[:offset].decode(), data[offset or 0 :].decode()


def _replace(lines: list[str], node: ast.expr, text: str) -> list[str]:
    end_line = node.end_lineno or 0
    head = _split(lines[node.lineno - 1], node.col_offset)[0]
    tail = _split(lines[end_line - 1], node.end_col_offset)[1]
    new = (head + text + tail).split("\n")
    return [*lines[: node.lineno - 1], *new, *lines[end_line:]]


def _add_keyword(lines: list[str], call: Call, key: str, text: str) -> list[str]:
    """Add `key = text` where buildifier puts it: deps last, most others by name."""
    node = call.node
    end = node.end_lineno or node.lineno
    before = [word.lineno for word in node.keywords if word.arg == "deps" != key]
    if before and before[0] > node.lineno:
        end = before[0]
    if end == node.lineno:
        head, tail = _split(lines[end - 1], (node.end_col_offset or 0) - 1)
        head = head.rstrip().removesuffix(",")
        lines[end - 1] = f"{head}, {key} = {text}{tail}"
        return lines
    if key in BY_NAME:
        later = (k.lineno for k in node.keywords if _follows(k.arg or "", key))
        end = next(later, end)
    return [
        *lines[: end - 1],
        *f"{INDENT}{key} = {text},".split("\n"),
        *lines[end - 1 :],
    ]


def _follows(other: str, key: str) -> bool:
    return other == "deps" or (other not in FIRST and other > key)


def change_list(
    text: str, path: str, name: str, key: str, change: Sequence[tuple[bool, str]]
) -> str:
    """Return a BUILD file with strings added to a list of a target, or taken out.

    Args:
        text: the file.
        path: its path from the root.
        name: the target's name.
        key: `deps` or `srcs`.
        change: the strings, each with whether it comes (or else goes).

    Raises:
        EditError: the target isn't in the file, or its list isn't written out.
    """
    file = BuildFile(text, path)
    call = file.call_of(name)
    if not call:
        raise EditError(f"no target {name}")
    keys = {keyword.arg for keyword in call.node.keywords}
    if call.name != name and not keys & {"deps", "srcs"}:
        # A macro that takes no Python: what it makes is edited where the macro is.
        raise EditError(f"{name} is made by {call.function}, which takes no {key}")
    node = _list_node(call, key)
    lines = text.split("\n")
    items = read_items(lines, node) if node else []
    for comes, value in change:
        wanted = absolute_label(value, file.package)
        same = [i for i in items if absolute_label(i.value, file.package) == wanted]
        if comes and not same:
            items.append(Item(value))
        elif not comes:
            items = [item for item in items if item not in same]
    if node is None and not items:
        return text
    if node is None:
        lines = _add_keyword(lines, call, key, format_list(items, INDENT))
    elif items or not _is_whole_line(lines, call, key):
        column = len(lines[node.lineno - 1]) - len(lines[node.lineno - 1].lstrip())
        lines = _replace(lines, node, format_list(items, " " * column))
    else:
        keyword = next(k for k in call.node.keywords if k.arg == key)
        del lines[keyword.lineno - 1 : keyword.value.end_lineno]
    return "\n".join(lines)


def _is_whole_line(lines: Sequence[str], call: Call, key: str) -> bool:
    """Return whether an argument has its lines for itself, and is a plain list."""
    keyword = next(k for k in call.node.keywords if k.arg == key)
    head = _split(lines[keyword.lineno - 1], keyword.col_offset)[0]
    end_line = keyword.value.end_lineno or 1
    tail = _split(lines[end_line - 1], keyword.value.end_col_offset)[1]
    return (
        not head.strip() and tail.strip() == "," and isinstance(keyword.value, ast.List)
    )


def relative_label(label: str, package: str) -> str:
    """Return a label as a target of the package writes it."""
    folder, _, name = label.partition(":")
    if folder == f"//{package}":
        return f":{name or folder.rpartition('/')[2]}"
    return label


def ensure_load(text: str, label: str, symbol: str) -> str:
    """Return a BUILD file that loads a symbol, in order with its other loads."""
    statement = f'load("{label}", "{symbol}")'
    tree = ast.parse(text)
    last = 0
    for node in tree.body:
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and not last:
            last = node.end_lineno or 0
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "load":
            arguments = [ast.literal_eval(argument) for argument in value.args]
            names = [*arguments[1:], *(keyword.arg for keyword in value.keywords)]
            if symbol in names:
                return text
            if _load_key(arguments[0]) < _load_key(label) or not last:
                last = node.end_lineno or 0
    lines = text.split("\n")
    follows = last < len(lines) and lines[last].startswith("load(")
    before = [""] if last and not lines[last - 1].startswith("load(") else []
    behind = [] if follows or not "".join(lines[last:]).strip() else [""]
    if behind and lines[last] == "":
        behind = []
    return "\n".join([*lines[:last], *before, statement, *behind, *lines[last:]])


def _load_key(label: str) -> tuple[int, str]:
    return (0 if label.startswith("@") else 1, label)
