"""Asks Bazel for every target of the repository: what it is made from, and where its rule is written."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.build_files.packages import BUILD_NAMES
from tools.build_files.visibility import PackageGroup
from tools.workspace.bazel import Bazel
from tools.workspace.labels import absolute_label, package_around, package_of

# Implicit and tool inputs included: an image is affected by what writes its layers.
FLAGS = (
    "--relative_locations",
    "--proto:output_rule_attrs=tags,visibility",
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
    sources: set[str] = field(default_factory=set)
    groups: dict[str, PackageGroup] = field(default_factory=dict)
    visibility: dict[str, list[str]] = field(default_factory=dict)
    """Who may use each rule and each source file: labels, some of them of package groups."""
    packages: set[str] = field(default_factory=set)

    def owner(self, path: str) -> str | None:
        """Return the package that a path lies in, or None."""
        return package_around(path, self.packages)

    def missing(self) -> set[str]:
        """Return what something is made from and no package has: builds of it fail."""
        known = self.edges.keys() | self.sources | self.groups.keys()
        return {it for it in self.inputs() - known if it.startswith("//")}

    def allowed(self, label: str) -> list[str]:
        """Return who may use a target; a generated file is used as its rule is."""
        if label not in self.visibility and label in self.edges:
            return self.visibility.get("".join(self.edges[label][:1]), [])
        return self.visibility.get(label, [])

    def uses_elsewhere(self) -> Iterator[tuple[str, str]]:
        """Yield each user and what it is made from of other packages."""
        for user, inputs in self.edges.items():
            for label in inputs:
                if package_of(label) != package_of(user):
                    yield user, label

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


def short(label: str) -> str:
    """Return a label in its shortest form; all targets of a distribution are one."""
    text = absolute_label(label, "")
    return text.partition(":")[0] if text.startswith(_PIP) else text


# Any: a message of Bazel's build.proto, as JSON.
def _strings(rule: Mapping[str, Any], name: str) -> list[str]:
    return [
        text
        for attribute in rule.get("attribute", [])
        if attribute["name"] == name
        for text in attribute.get("stringListValue", [])
    ]


def _rule(label: str, rule: Mapping[str, Any]) -> Rule:
    path, line, _ = rule["location"].rsplit(":", 2)
    tags = tuple(_strings(rule, "tags"))
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
                allowed = _strings(found, "visibility")
                targets.visibility[label] = list(map(short, allowed))
        elif found := target.get("generatedFile"):
            targets.edges[short(found["name"])] = [short(found["generatingRule"])]
        elif found := target.get("packageGroup"):
            included = tuple(map(short, found.get("includedPackageGroup", [])))
            packages = tuple(found.get("containedPackage", []))
            targets.groups[short(found["name"])] = PackageGroup(packages, included)
        elif found := target.get("sourceFile"):
            label = short(found["name"])
            targets.sources.add(label)
            allowed = found.get("visibilityLabel", [])
            targets.visibility[label] = list(map(short, allowed))
            package, _, name = found["name"].partition(":")
            if package.startswith("//") and name in BUILD_NAMES:
                targets.packages.add(package.removeprefix("//"))
    return targets


def read_targets(root: Path) -> Targets:
    """Return the targets of a workspace.

    Raises:
        BazelError: Bazel can't load the packages.
    """
    return parse_targets(Bazel(root).query(EVERYTHING, *FLAGS))
