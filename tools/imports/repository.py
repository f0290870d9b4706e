"""What the repository could offer an import: who owns a module, who may use it.

It is made from the text of all BUILD files and the inventory of files, by an action of
its own; checks read it only to explain a finding. See repository_index.py.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from tools.imports.modules import modules_of


class Owner(NamedTuple):
    """A first-party target."""

    label: str
    file: str
    visibility: list[str]
    paths: list[str]
    roots: list[str]
    function: str


class Repository:
    """Every first-party target that a BUILD file writes out."""

    def __init__(self, text: str) -> None:
        fields = json.loads(text)
        self.owners = {fields_[0]: Owner(*fields_) for fields_ in fields["owners"]}
        self.aliases: dict[str, str] = fields["aliases"]
        self.loose = modules_of(fields["loose"])
        """The modules that are in no target."""
        self._by_module: dict[str, list[Owner]] = {}
        for owner in self.owners.values():
            for module in modules_of(owner.paths, owner.roots):
                self._by_module.setdefault(module, []).append(owner)

    def owners_of(self, module: str) -> list[Owner]:
        """Return the libraries that hold a module, by label."""
        found = self._by_module.get(module, [])
        libraries = [o for o in found if not o.function.endswith(("test", "binary"))]
        return sorted(libraries or found)

    def spellings(self, label: str) -> list[str]:
        """Return the label and every alias of it."""
        return [
            label,
            *sorted(a for a, actual in self.aliases.items() if actual == label),
        ]


def describe_visibility(owner: Owner) -> str:
    """Return who may use a target, as words for a message."""
    if not owner.visibility:
        return "private"
    return "visible to " + ", ".join(owner.visibility) + " only"


def package_of(label: str) -> str:
    """Return the package of a first-party label."""
    return label.removeprefix("//").partition(":")[0]


def read_distributions(text: str) -> Mapping[str, list[str]]:
    """Return the labels of the distributions that provide a prefix of modules."""
    table: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            prefix, *labels = line.split()
            table[prefix] = labels
    return table


def distributions_of(table: Mapping[str, list[str]], module: str) -> list[str]:
    """Return the labels of the distributions that provide a module."""
    while module:
        if module in table:
            return table[module]
        module = module.rpartition(".")[0]
    return []
