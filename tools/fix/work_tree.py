"""The work tree, read once: the files that git knows, their BUILD files, and what is touched."""

import ast
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from tools.build_files.index import Index
from tools.build_files.packages import Packages
from tools.build_files.reader import BUILD, BuildFile, Call, Reader
from tools.build_files.starlark import StarlarkError
from tools.build_files.workspace import read_starlark_files
from tools.fix.history import History
from tools.imports.distributions.distribution_map import PLUGIN
from tools.imports.index.modules import Index as ImportIndex
from tools.imports.index.modules import format_index
from tools.imports.index.repository import (
    Repository,
    format_repository,
    read_distributions,
)
from tools.workspace.files import ignored_folders, seen_by_bazel
from tools.workspace.labels import absolute_label, split_label

DISTRIBUTIONS = "tools/imports/distributions/distributions.txt"
POLICY = "//tools/imports/policy:defs.bzl"
PYTHON = (".py", ".pyi")


def folder_of(path: str) -> str:
    """Return the folder that a file lies in."""
    return path.rpartition("/")[0]


def build_path(package: str) -> str:
    """Return where the BUILD file of a package is."""
    return f"{package}/{BUILD}".lstrip("/")


def is_below(path: str, folder: str) -> bool:
    """Return whether a path is a folder, or lies in it."""
    return not folder or f"{path}/".startswith(f"{folder}/")


def is_test(call: Call) -> bool:
    """Return whether only tests may depend on a target."""
    return call.function.endswith("test") or call.attributes.get("testonly") is True


@dataclass(frozen=True)
class WorkTree:
    """What is there, with BUILD files as they will be."""

    root: Path
    files: tuple[str, ...]
    """All that git knows and that Bazel sees; BUILD files that will be, included."""
    starlark: Mapping[str, str]
    """The text of each BUILD and .bzl file."""
    committed: frozenset[str]
    """The paths of the last commit."""
    touched: tuple[str, ...]
    """Files that differ from the last commit, those that are gone included."""
    renamed: Mapping[str, str]
    """The new path of each file that git sees renamed."""
    unreadable: frozenset[str]
    """Files that are there and may not be read."""
    known: Mapping[str, BuildFile] = field(default_factory=dict)
    """BUILD files that are read already."""

    @cached_property
    def file_set(self) -> frozenset[str]:
        """The files, for a question about one."""
        return frozenset(self.files)

    @cached_property
    def folders(self) -> frozenset[str]:
        """The folders that have a file at any depth."""
        found: set[str] = set()
        for path in self.files:
            folder = folder_of(path)
            while folder and folder not in found:
                found.add(folder)
                folder = folder_of(folder)
        return frozenset(found)

    def may_read(self, path: str) -> bool:
        """Return whether a file is there and may be read."""
        return path in self.file_set and path not in self.unreadable

    @cached_property
    def packages(self) -> Packages:
        """The packages and their files."""
        return Packages(self.files)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.packages, self.starlark)

    @cached_property
    def _read(self) -> tuple[Index, dict[str, StarlarkError]]:
        found, broken = [], {}
        for package in sorted(self.packages.names):
            path = build_path(package)
            try:
                if path in self.unreadable:
                    raise StarlarkError(path, 0, "may not be read")
                found.append(
                    self.known.get(package)
                    or BuildFile(self.starlark.get(path, ""), path, self._reader)
                )
            except StarlarkError as error:
                broken[package] = error
        return Index(found, self.packages), broken

    @property
    def index(self) -> Index:
        """The targets."""
        return self._read[0]

    @property
    def broken(self) -> Mapping[str, StarlarkError]:
        """What is wrong with the BUILD file of each package that can't be read."""
        return self._read[1]

    @cached_property
    def repository(self) -> Repository:
        """Which target has which module."""
        return Repository(format_repository(self.index))

    @cached_property
    def distributions(self) -> str:
        """The map from modules to locked distributions."""
        path = self.root / DISTRIBUTIONS
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @cached_property
    def distribution_table(self) -> Mapping[str, list[str]]:
        """The labels of the distributions that provide a prefix of modules."""
        return read_distributions(self.distributions)

    @cached_property
    def _distribution_indexes(self) -> Mapping[str, ImportIndex]:
        modules: dict[str, list[str]] = {}
        for prefix, labels in self.distribution_table.items():
            for label in labels:
                modules.setdefault(label, []).append(prefix)
        plugins = self.distributions.split(PLUGIN)[1:]
        flagged = {text.partition("\n")[0] for text in plugins}
        found = {}
        for label, prefixes in modules.items():
            tops = sorted({prefix.partition(".")[0] for prefix in prefixes})
            about = {"label": label, "tops": tops, "is_plugin": label in flagged}
            found[label] = ImportIndex(format_index(about, prefixes))
        return found

    def distribution_index(self, label: str) -> ImportIndex | None:
        """Return what a locked distribution offers; None where that isn't known."""
        return self._distribution_indexes.get(label)

    def denied(self, package: str) -> list[tuple[str, str]]:
        """Return what targets of a package may not have: the start of a label, and why."""
        names = self._reader.names_for([(POLICY, {"f": "denied_prefixes"})], "")
        denied_prefixes = names["f"]
        if not callable(denied_prefixes):
            return []
        return [(entry.prefix, entry.why) for entry in denied_prefixes(package)]

    def written(self, label: str) -> Call | None:
        """Return the call in a BUILD file that names just that target.

        A list comprehension has no place for what one of its targets needs.
        """
        package, name = split_label(label)
        file = self.index.build_files.get(package)
        call = file.call_of(name) if file else None
        if call is None or call.name != name:
            return None
        names = (word.value for word in call.node.keywords if word.arg == "name")
        return call if any(isinstance(n, ast.Constant) for n in names) else None

    def is_written(self, call: Call, line: int = 0) -> bool:
        """Return whether buildozer can edit a target, and what stands in a line for it."""
        written = self.written(call.label)
        if not written:
            return False
        return not line or written.node.lineno <= line <= (written.node.end_lineno or 0)

    def users_of(self, label: str) -> list[str]:
        """Return the targets that name a target in any attribute."""
        return sorted(user for user, used in self.edges.items() if label in used)

    @cached_property
    def edges(self) -> Mapping[str, set[str]]:
        """What each target names, in whichever attribute."""
        found: dict[str, set[str]] = {}
        for call in self.index.targets.values():
            texts = [
                text
                for key in call.attributes
                if key not in {"name", "visibility"}
                for text in call.strings(key)
            ]
            labels = {absolute_label(text, call.package) for text in texts}
            found[call.label] = {self.index.actual(label) for label in labels}
        return found

    def with_texts(self, changed: Mapping[str, str | None]) -> WorkTree:
        """Return the tree as it is with other BUILD files; None takes one away."""
        if not changed:
            return self
        gone = {path for path, text in changed.items() if text is None}
        # A package that comes or goes ends or frees the globs of those above it.
        folders = {folder_of(path) for path in changed}
        above = {
            "/".join(f.split("/")[:n]) for f in folders for n in range(f.count("/") + 2)
        }
        known = self.index.build_files.items()
        texts = {**self.starlark, **changed}
        return replace(
            self,
            files=tuple(sorted({*self.files, *changed} - gone)),
            starlark={path: text for path, text in texts.items() if text is not None},
            known={package: file for package, file in known if package not in above},
        )


def read_work_tree(root: Path) -> WorkTree:
    """Return the work tree.

    Raises:
        GitError: git can't say.
    """
    files = seen_by_bazel(root)
    history = History(root)
    ignored = ignored_folders(root)
    touched = [path for path in history.touched() if not path.startswith(ignored)]
    unreadable = frozenset(p for p in files if not os.access(root / p, os.R_OK))
    readable = [path for path in files if path not in unreadable]
    return WorkTree(
        root=root,
        files=tuple(files),
        starlark=read_starlark_files(root, readable),
        committed=history.committed(),
        touched=tuple(touched),
        renamed=history.renamed(),
        unreadable=unreadable,
    )
