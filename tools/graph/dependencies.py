"""Asks Bazel for the graph: who depends on whom, in the workspace as it is now."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tools.workspace.bazel import Bazel
from tools.workspace.labels import absolute_label, package_of, pip_label

# What a query of the graph must not follow: the tools that make a target.
QUERY_FLAGS = ("--notool_deps", "--noimplicit_deps")
FIRST_PARTY = "//..."
# With what they import of others. (All of `deps(//...)` would load every toolchain.)
WITH_DISTRIBUTIONS = '//... + deps(filter("^@@?.*pip", labels(deps, //...)))'


_IMAGES = ("oci_image", "oci_image_index")


def is_image(kind: str, label: str) -> bool:
    """Return whether a rule is an image to a person: one with a shell besides is the same image."""
    return kind in _IMAGES and not label.endswith(".debug")


class Graph(NamedTuple):
    """Rules by their short labels; a distribution has one name, `@pip//numpy`."""

    edges: dict[str, list[str]]
    """What each rule names."""
    classes: dict[str, str]
    """What each first-party rule is: `py_library`, `oci_image`, …"""


# Any: a message of Bazel's build.proto, as JSON.
def distribution_name(rule: Mapping[str, Any]) -> str | None:
    """Return the one name of a distribution's own target, or None for other rules.

    How its repository is called depends on the rules; the tag is their interface.
    """
    for attribute in rule.get("attribute", []):
        for tag in attribute.get("stringListValue", []):
            key, _, value = tag.partition("=")
            if attribute["name"] == "tags" and key == "pypi_name":
                return pip_label(value)
    return None


def parse_graph(text: str) -> Graph:
    """Return the graph that a query's lines of JSON describe."""
    targets = map(json.loads, text.splitlines())
    rules = [target["rule"] for target in targets if target["type"] == "RULE"]
    names = {rule["name"]: distribution_name(rule) for rule in rules}

    def named(label: str) -> str:
        short = names.get(label) or absolute_label(label, "")
        return short.partition(":")[0] if short.startswith("@pip//") else short

    graph = Graph({}, {})
    for rule in rules:
        label = named(rule["name"])
        inputs = [named(item) for item in rule.get("ruleInput", [])]
        known = graph.edges.setdefault(label, [])
        known += [item for item in inputs if item != label and item not in known]
        if label.startswith("//"):
            graph.classes[label] = rule["ruleClass"]
    return graph


def read_graph(root: Path, expression: str) -> Graph:
    """Return the graph of what a query names."""
    flags = (*QUERY_FLAGS, "--output=streamed_jsonproto")
    return parse_graph(Bazel(root).query(expression, *flags))


def user_packages(edges: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Return the packages that depend on each target."""
    users: dict[str, set[str]] = {}
    for label, inputs in edges.items():
        for name in inputs:
            users.setdefault(name, set()).add(package_of(label))
    return users


def paths_to(
    edges: Mapping[str, Sequence[str]], goals: Iterable[str]
) -> dict[str, list[str]]:
    """Return the shortest path from each target to one of the goals, by target."""
    reverse: dict[str, list[str]] = {}
    for label in sorted(edges):
        for name in edges[label]:
            reverse.setdefault(name, []).append(label)
    paths = {goal: [goal] for goal in sorted(goals)}
    todo = list(paths)
    for label in todo:
        for user in reverse.get(label, []):
            if user not in paths:
                paths[user] = [user, *paths[label]]
                todo.append(user)
    return paths
