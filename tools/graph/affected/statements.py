"""Reads Starlark by its statements: which of them a change of their file touches.

Starlark is Python to the parser. Comments, blank lines and format are no change.
"""

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tools.source_text.parsing import UNPARSABLE

# Statements that say something of every rule of their package.
_OF_ALL = ("package", "licenses")
# Methods that change the list or dict that a name stands for.
_CHANGES = {
    *("append", "clear", "extend", "insert", "pop", "popitem", "remove"),
    *("setdefault", "update"),
}
ANY_FILE = "**"


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a file."""

    first: int
    """Its first line, from 1."""
    last: int
    meaning: str
    """Equal for equal statements, however they are written."""
    calls: str
    """The function that it calls, or nothing."""
    reads: frozenset[str]
    """The names that it uses."""
    binds: frozenset[str]
    """The names that it gives a value, or another: by `=`, `+=`, `append`, `def` or `load`."""
    loaded: str = ""
    """The label of the file that it loads."""
    globs: tuple[str, ...] = ()
    """The patterns of its globs; `**` for one that isn't written out."""


@dataclass(frozen=True)
class File:
    """A BUILD file or a .bzl file."""

    statements: tuple[Statement, ...] = ()
    strings: tuple[str, ...] = ()
    """Every string that is written in it."""

    @classmethod
    def read(cls, text: str) -> File:
        """Return the file of a text.

        Raises:
            UNPARSABLE: it is no Starlark.
        """
        module = ast.parse(text)
        nodes = ast.walk(module)
        values = (it.value for it in nodes if isinstance(it, ast.Constant))
        strings = tuple(value for value in values if isinstance(value, str))
        return cls(tuple(map(_statement, module.body)), strings)

    def loads(self) -> Mapping[str, frozenset[str]]:
        """Return the names that are loaded, by the label of the file."""
        found: dict[str, frozenset[str]] = {}
        for one in self.statements:
            if one.loaded:
                found[one.loaded] = found.get(one.loaded, frozenset()) | one.binds
        return found

    def using(self, names: Collection[str]) -> Iterator[Statement]:
        """Yield the statements that use names, or names that are made of them."""
        known = set(names)
        for one in self.statements:
            if one.reads & known:
                known |= one.binds
                yield one


def _statement(node: ast.stmt) -> Statement:
    call = node.value if isinstance(node, ast.Expr) else None
    calls = loaded = ""
    reads = _names(node)
    binds: set[str] = set()
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
        calls = call.func.id
    if isinstance(call, ast.Call) and calls == "load":
        texts = [it.value for it in call.args if isinstance(it, ast.Constant)]
        loaded, *names = [text for text in texts if isinstance(text, str)]
        binds = {*names, *(it.arg for it in call.keywords if it.arg)}
    elif isinstance(node, ast.Assign):
        binds = {name for target in node.targets for name in _names(target)}
    elif isinstance(node, ast.AugAssign):
        binds = _names(node.target)
    elif isinstance(node, ast.FunctionDef):
        binds = {node.name}
    else:
        binds = {
            name
            for it in ast.walk(node)
            if isinstance(it, ast.Attribute) and it.attr in _CHANGES
            for name in _names(it.value)
        }
    return Statement(
        node.lineno,
        node.end_lineno or node.lineno,
        ast.dump(node),
        calls,
        frozenset(reads),
        frozenset(binds),
        loaded,
        tuple(_globs(node)),
    )


def _names(node: ast.AST) -> set[str]:
    return {it.id for it in ast.walk(node) if isinstance(it, ast.Name)}


def _globs(node: ast.stmt) -> Iterator[str]:
    nodes = list(ast.walk(node))
    calls = [it for it in nodes if isinstance(it, ast.Call) and _is_glob(it.func)]
    for call in calls:
        includes = [it.value for it in call.keywords if it.arg != "exclude"]
        for patterns in [*call.args[:1], *includes]:
            try:
                value = ast.literal_eval(patterns)
            except ValueError:
                value = [ANY_FILE]
            # Other arguments are flags.
            yield from value if isinstance(value, list) else ()
    if len(calls) < sum(map(_is_glob, nodes)):
        # Another name for it.
        yield ANY_FILE


def _is_glob(node: ast.AST) -> bool:
    return "glob" in (getattr(node, "id", ""), getattr(node, "attr", ""))


def touched(then: File, now: File) -> list[Statement] | None:
    """Return the statements of a BUILD file that its change touches; None for all of them."""
    before = {one.meaning for one in then.statements}
    after = {one.meaning for one in now.statements}
    new = [one for one in now.statements if one.meaning not in before]
    gone = [one for one in then.statements if one.meaning not in after]
    if any(one.calls in _OF_ALL for one in [*new, *gone]):
        return None
    names = frozenset().union(*(one.binds for one in [*new, *gone]))
    return [*new, *now.using({*names, *_reordered(then, now, before & after)})]


def _reordered(then: File, now: File, kept: Collection[str]) -> set[str]:
    """Return the names that are set more than once, and of which what stays stands in another order."""
    orders, counts = [], Counter[str]()
    for file in (then, now):
        order: dict[str, list[str]] = {}
        for one in file.statements:
            counts.update(one.binds)
            if one.meaning in kept:
                for name in one.reads | one.binds:
                    order.setdefault(name, []).append(one.meaning)
        orders.append(order)
    was, new = orders
    # Set once in each, a name can't be used before it is set.
    return {it for it in counts if counts[it] > 2 and was.get(it) != new.get(it)}


def said(path: str, text: str) -> object:
    """Return what a file of Bazel's says, equal for texts that differ in comments and format alone."""
    if path.endswith(".bazelrc") and "\\\n" not in text:
        return [line for line in text.splitlines() if line and line[0] != "#"]
    if not path.endswith((".bzl", ".bazel")):
        return text
    try:
        return [statement.meaning for statement in File.read(text).statements]
    except UNPARSABLE:
        return text
