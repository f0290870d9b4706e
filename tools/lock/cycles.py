"""Finds distributions that need each other, which Bazel must be told in MODULE.bazel."""

import ast
import json
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from tools.lock.pins import Pin
from tools.workspace.names import label_name, normalise

MODULE = "MODULE.bazel"
ATTRIBUTE = "experimental_requirement_cycles"


def cycles(pins: Iterable[Pin]) -> list[list[str]]:
    """Return the groups of names that need each other, by what `# via` says."""
    edges = {(normalise(asker), pin.name) for pin in pins for asker in pin.via}
    group_of = {name: name for edge in edges for name in edge}
    while True:
        graph: dict[str, set[str]] = {}
        for asker, needed in edges:
            if group_of[asker] != group_of[needed]:
                graph.setdefault(group_of[asker], set()).add(group_of[needed])
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            merged = set(error.args[1])
            into = min(merged)
            group_of = {k: into if v in merged else v for k, v in group_of.items()}
        else:
            break
    groups: dict[str, list[str]] = {}
    for name, group in sorted(group_of.items()):
        groups.setdefault(group, []).append(name)
    return [names for _, names in sorted(groups.items()) if len(names) > 1]


def parse_calls(module: str) -> list[ast.Call]:
    """Return the calls of pip.parse in MODULE.bazel."""
    return [
        node
        for node in ast.walk(ast.parse(module))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pip.parse"
    ]


def told(module: str) -> list[list[str]]:
    """Return the groups that MODULE.bazel names."""
    return [
        sorted(normalise(name) for name in names)
        for call in parse_calls(module)
        for keyword in call.keywords
        if keyword.arg == ATTRIBUTE and isinstance(keyword.value, ast.Dict)
        for names in map(_names, keyword.value.values)
    ]


def _names(node: ast.expr) -> list[str]:
    """Return the names that are written out; others may be anything."""
    parts = node.elts if isinstance(node, ast.List) else []
    values = (part.value for part in parts if isinstance(part, ast.Constant))
    return [value for value in values if isinstance(value, str)]


def untold(pins: Iterable[Pin], module: str) -> list[tuple[str, str]]:
    """Return each group that MODULE.bazel doesn't name, and the edit that names it."""
    known = told(module)
    found = []
    for names in cycles(pins):
        if names not in known:
            group = json.dumps({label_name(names[0]): names})
            edit = f"give pip.parse in {MODULE} this group: {ATTRIBUTE} = {group}"
            found.append((" and ".join(names), edit))
    return found
