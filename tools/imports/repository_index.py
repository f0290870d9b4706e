"""Collects every BUILD file of the repository into one index; a build action.

Invoked by Bazel as: repository_index --output=FILE --files=INVENTORY
--build-file=PATH_FROM_ROOT=FILE…

It holds no line numbers, so that an edit which changes no target's name, sources or
visibility leaves it the same bytes, and nothing that depends on it runs again.
"""

import fnmatch
import json
import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from tools.imports.build_file import BuildFile, Call, Literal, absolute_label
from tools.source_text.decoding import read_starlark

type FileGroups = dict[str, list[str]]

# Rules that hold sources and let nobody import them.
NO_LIBRARIES = {"exports_files", "filegroup", "genrule", "test_suite"}
VISIBILITY = {
    "//visibility:public": ["//..."],
    "//visibility:private": [],
}


def read_build_files(named: Iterable[str]) -> list[BuildFile]:
    """Return the BUILD files given as PATH=FILE; a file that doesn't parse is left out.

    Bazel itself reports a syntax error, and better.
    """
    files = []
    for pair in named:
        path, _, file = pair.partition("=")
        try:
            files.append(BuildFile(read_starlark(Path(file)), path))
        except SyntaxError:
            continue
    return files


class Groups:
    """The package groups of the repository."""

    def __init__(self, files: Iterable[BuildFile]) -> None:
        self._groups: dict[str, tuple[list[str], list[str]]] = {}
        for file in files:
            for call in file.calls:
                if call.function == "package_group":
                    label = absolute_label(f":{call.name}", file.package)
                    packages = [lit.value for lit in call.lists.get("packages", [])]
                    included = [
                        absolute_label(lit.value, file.package)
                        for lit in call.lists.get("includes", [])
                    ]
                    self._groups[label] = (packages, included)

    def __contains__(self, label: object) -> bool:
        """Return whether a label is a package group of the repository."""
        return label in self._groups

    def packages(self, label: str, seen: frozenset[str] = frozenset()) -> list[str]:
        """Return the package specifications of a group and of those it includes."""
        if label in seen or label not in self._groups:
            return []
        packages, included = self._groups[label]
        result = ["//..." if spec == "public" else spec for spec in packages]
        for group in included:
            result += self.packages(group, seen | {label})
        return [spec for spec in result if spec != "private"]

    def resolve(self, literals: Iterable[Literal], package: str) -> list[str]:
        """Return the package specifications that a list of visibility labels means."""
        specs: list[str] = []
        for literal in literals:
            label = absolute_label(literal.value, package)
            folder, _, name = label.partition(":")
            if label in VISIBILITY:
                specs += VISIBILITY[label]
            elif name == "__pkg__":
                specs.append(folder)
            elif name == "__subpackages__":
                specs.append("//..." if folder == "//" else folder + "/...")
            else:
                specs += self.packages(label)
        return sorted(set(specs))


def default_visibility(file: BuildFile) -> list[Literal]:
    """Return the visibility that targets of a package have by default."""
    for call in file.calls:
        if call.function == "package":
            return call.lists.get("default_visibility", [])
    return []


def sources_of(
    file: BuildFile, call: Call, inventory: Sequence[str], groups: FileGroups
) -> list[str]:
    """Return a target's source files from the root, globs and file groups opened."""
    paths = []
    named = [*call.lists.get("srcs", []), *call.lists.get("pyi_srcs", [])]
    for literal in named:
        value = literal.value
        label = absolute_label(value, file.package)
        if "*" in value:
            pattern = f"{file.package}/{value}".lstrip("/")
            paths += fnmatch.filter(inventory, pattern.replace("**/*", "*"))
        elif label in groups:
            paths += groups[label]
        elif value.startswith("//"):
            paths.append(value.removeprefix("//").replace(":", "/").lstrip("/"))
        else:
            paths.append(f"{file.package}/{value.lstrip(':')}".lstrip("/"))
    return [path for path in paths if path.endswith((".py", ".pyi", ".so"))]


class Collected(TypedDict):
    """The index: owners, aliases, and the sources that no target has."""

    owners: list[tuple[str, str, list[str], list[str], list[str], str]]
    aliases: dict[str, str]
    loose: list[str]


def collect(files: Sequence[BuildFile], inventory: Sequence[str]) -> Collected:
    """Return the index; an owner is label, file, visibility, sources, roots, rule."""
    groups = Groups(files)
    owners: list[tuple[str, str, list[str], list[str], list[str], str]] = []
    aliases = {}
    owned: set[str] = set()
    file_groups: FileGroups = {}
    for file in files:
        for call in file.calls:
            if call.function == "filegroup":
                label = absolute_label(f":{call.name}", file.package)
                file_groups[label] = sources_of(file, call, inventory, {})
                owned.update(file_groups[label])
    for file in files:
        default = default_visibility(file)
        for call in file.calls:
            label = absolute_label(f":{call.name}", file.package)
            if call.function == "alias" and "actual" in call.strings:
                actual = call.strings["actual"].value
                aliases[label] = absolute_label(actual, file.package)
            paths = sources_of(file, call, inventory, file_groups)
            if not paths or call.function in NO_LIBRARIES:
                continue
            owned.update(paths)
            shown = groups.resolve(call.lists.get("visibility", default), file.package)
            roots = [
                posixpath.normpath(f"{file.package}/{literal.value}").lstrip("/")
                for literal in call.lists.get("imports", [])
            ]
            owners.append((label, file.path, shown, paths, roots, call.function))
    loose = [p for p in inventory if p.endswith((".py", ".pyi")) and p not in owned]
    return {"owners": owners, "aliases": aliases, "loose": loose}


def main(argv: Sequence[str]) -> int:
    """Write the index."""
    options: dict[str, list[str]] = {}
    for argument in argv:
        name, _, value = argument.removeprefix("--").partition("=")
        options.setdefault(name, []).append(value)
    listed = Path(options["files"][0])
    inventory = listed.read_text("utf-8", errors="backslashreplace").splitlines()
    index = collect(read_build_files(options.get("build-file", [])), inventory)
    text = json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    Path(options["output"][0]).write_text(text, encoding="utf-8")
    return 0
