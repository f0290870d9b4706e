"""Asks Bazel for every target of the repository: what it is made from, and where its rule is written."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.imports.build_file import absolute_label
from tools.imports.graph import query

BUILD_NAMES = ("BUILD.bazel", "BUILD")
# Implicit and tool inputs included: an image is affected by what writes its layers.
FLAGS = (
    "--relative_locations",
    "--proto:output_rule_attrs=tags",
    "--output=streamed_jsonproto",
)
# The inventory of files has links to those whose content it tells.
EVERYTHING = "//...:* + @tree//:*"
_PIP = "@pip//"


@dataclass(frozen=True)
class Rule:
    """A target of a rule, by its short label."""

    label: str
    kind: str
    """The class of its rule: `py_library`, `oci_image`, …"""
    path: str
    """The BUILD file that it is in."""
    line: int
    """Where the call that makes it begins, from 1; a macro's targets share one."""
    tags: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """Its folder."""
        return self.path.rpartition("/")[0]

    @property
    def is_manual(self) -> bool:
        """Whether `//...` leaves it out."""
        return "manual" in self.tags


@dataclass(frozen=True)
class Targets:
    """The targets of the repository."""

    rules: dict[str, Rule] = field(default_factory=dict)
    edges: dict[str, list[str]] = field(default_factory=dict)
    """What each rule and each generated file is made from."""
    packages: set[str] = field(default_factory=set)

    def owner(self, path: str) -> str | None:
        """Return the package that a path lies in, or None."""
        return nearest(path, self.packages)

    def inputs(self) -> set[str]:
        """Return every label that something is made from."""
        return set().union(*self.edges.values())

    def of_package(self, package: str | None) -> Iterator[str]:
        """Yield the rules of a package."""
        return (it.label for it in self.rules.values() if it.package == package)

    def of_lines(self, path: str, spans: Iterable[tuple[int, int]]) -> Iterator[str]:
        """Yield the rules that lines of a BUILD file make, each span from its first to its last."""
        known = list(spans)
        for rule in self.rules.values():
            if rule.path == path and any(a <= rule.line <= b for a, b in known):
                yield rule.label


def nearest(path: str, packages: Collection[str]) -> str | None:
    """Return the innermost of the packages that a path lies in, or None."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in packages:
            return folder
    return None


def short(label: str) -> str:
    """Return a label in its shortest form; all targets of a distribution are one."""
    text = absolute_label(label, "")
    return text.partition(":")[0] if text.startswith(_PIP) else text


# Any: a message of Bazel's build.proto, as JSON.
def _tags(rule: Mapping[str, Any]) -> list[str]:
    return [
        tag
        for attribute in rule.get("attribute", [])
        if attribute["name"] == "tags"
        for tag in attribute.get("stringListValue", [])
    ]


def _rule(label: str, rule: Mapping[str, Any]) -> Rule:
    path, line, _ = rule["location"].rsplit(":", 2)
    tags = tuple(_tags(rule))
    return Rule(label, rule["ruleClass"], path, int(line), tags)


def parse_targets(text: str) -> Targets:
    """Return the targets that a query's lines of JSON describe."""
    targets = Targets()
    for line in text.splitlines():
        target = json.loads(line)
        if found := target.get("rule"):
            label = short(found["name"])
            inputs = dict.fromkeys(map(short, found.get("ruleInput", [])))
            targets.edges[label] = [it for it in inputs if it != label]
            if label.startswith("//"):
                targets.rules[label] = _rule(label, found)
        elif found := target.get("generatedFile"):
            targets.edges[short(found["name"])] = [short(found["generatingRule"])]
        elif found := target.get("sourceFile"):
            package, _, name = found["name"].partition(":")
            if package.startswith("//") and name in BUILD_NAMES:
                targets.packages.add(package.removeprefix("//"))
    return targets


def read_targets(root: Path) -> Targets:
    """Return the targets of a workspace.

    Raises:
        CollectError: Bazel can't load the packages.
    """
    return parse_targets(query(root, *FLAGS, EVERYTHING))
