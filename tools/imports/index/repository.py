"""What the repository could offer an import: who owns a module, who may use it.

Invoked by Bazel as: repository --output=FILE --files=INVENTORY --bazelignore=FILE
--starlark=PATH_FROM_ROOT=FILE…

An action of its own makes it from the text of all BUILD files and the inventory of
files; checks read it only to explain a finding. It holds no line numbers, so that an
edit which changes no target's name, sources or visibility leaves it the same bytes.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.build_files.index import Index, read_index
from tools.build_files.visibility import Groups, shown_to
from tools.imports.index.modules import modules_of
from tools.source_text.decoding import read_starlark
from tools.workspace.labels import hidden_folders

# Rules that hold sources and let nobody import them.
NO_LIBRARIES = {"exports_files", "filegroup", "genrule", "test_suite"}
SOURCES = (".py", ".pyi", ".so")


class Owner(NamedTuple):
    """A first-party target."""

    label: str
    file: str
    """The BUILD file that makes it."""
    visibility: list[str]
    """The package specifications that may use it."""
    paths: list[str]
    roots: list[str]
    """Folders on the import path besides the root."""
    function: str
    """The rule or macro."""


class Repository:
    """Every first-party target that a BUILD file writes out."""

    def __init__(self, text: str) -> None:
        fields = json.loads(text)
        self.owners = {row["label"]: Owner(**row) for row in fields["owners"]}
        self.aliases: dict[str, str] = fields["aliases"]
        self.unowned = modules_of(fields["unowned"])
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


def owners(index: Index) -> Iterator[Owner]:
    """Yield the targets that hold sources which others may import."""
    groups = Groups(index.build_files.values())
    for file in index.build_files.values():
        for call in file.targets:
            named = [*index.files(call), *index.files(call, "pyi_srcs")]
            paths = [path for path in named if path.endswith(SOURCES)]
            if not paths or call.function in NO_LIBRARIES:
                continue
            shown = shown_to(call, file, groups)
            roots = call.import_roots
            yield Owner(call.label, file.path, shown, paths, roots, call.function)


def unowned(index: Index) -> list[str]:
    """Return the sources that no target has."""
    python = (path for path in index.packages.files if path.endswith((".py", ".pyi")))
    return [path for path in python if path not in index.owners]


def format_repository(index: Index) -> str:
    """Return what a `Repository` reads."""
    calls = (call for file in index.build_files.values() for call in file.targets)
    labels = (call.label for call in calls if call.function == "alias")
    fields = {
        "owners": [owner._asdict() for owner in owners(index)],
        "aliases": {label: index.actual(label) for label in labels},
        "unowned": unowned(index),
    }
    return json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def describe_visibility(owner: Owner) -> str:
    """Return who may use a target, as words for a message."""
    if not owner.visibility:
        return "private"
    return "visible to " + ", ".join(owner.visibility) + " only"


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


def main(argv: Sequence[str]) -> int:
    """Write the index; Bazel itself reports what can't be read, and better."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--bazelignore", type=Path, required=True)
    parser.add_argument("--starlark", action="append", default=[])
    options = parser.parse_args(argv)
    listed = options.files.read_text("utf-8", errors="backslashreplace")
    named = (pair.partition("=") for pair in options.starlark)
    starlark = {path: read_starlark(Path(file)) for path, _, file in named}
    hidden = hidden_folders(options.bazelignore.read_text(encoding="utf-8"))
    index, _ = read_index(listed.split("\n")[:-1], starlark, hidden)
    options.output.write_text(format_repository(index), encoding="utf-8")
    return 0
