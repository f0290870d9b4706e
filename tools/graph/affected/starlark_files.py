"""Follows loads: which .bzl files a file depends on, and which BUILD files a change of one reaches."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath

from tools.build_files.bazelrc import imported
from tools.build_files.packages import BUILD_NAMES
from tools.graph.affected.statements import ANY_FILE, File
from tools.source_text.decoding import read_starlark
from tools.source_text.parsing import UNPARSABLE
from tools.workspace.labels import absolute_label, package_around

# What .bazelrc has Bazel apply to every target: `--aspects=//tools/checks:defs.bzl%checks`.
_ASPECTS = re.compile(r"--aspects=(//[^\s%]+)%")
# Modules whose macros list no files of the package that calls them, as others may.
_LIST_NO_FILES = (
    *("@bazel_skylib//", "@bazel_tools//", "@pip//", "@rules_oci//", "@rules_python//"),
    *("@host_tools//", "@tree//"),
)


@dataclass(frozen=True)
class StarlarkFiles:
    """The BUILD and .bzl files of a workspace, as they are now."""

    root: Path
    paths: tuple[str, ...]
    _read: dict[str, File] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def build_files(self) -> list[str]:
        """The BUILD files."""
        return [it for it in self.paths if it.rpartition("/")[2] in BUILD_NAMES]

    @cached_property
    def packages(self) -> frozenset[str]:
        """The folders with a BUILD file."""
        return frozenset(path.rpartition("/")[0] for path in self.build_files)

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """The .bzl files that load each one."""
        users: dict[str, list[str]] = {}
        for path in self.paths:
            if path.endswith(".bzl"):
                for loaded in self.loads(path):
                    users.setdefault(loaded, []).append(path)
        return users

    def package_of(self, path: str) -> str:
        """Return the package of a file."""
        return package_around(path, self.packages) or ""

    def file(self, path: str) -> File:
        """Return a file; one that is no Starlark, and that nobody loads then, says nothing."""
        if path not in self._read:
            text = read_starlark(self.root / path)
            try:
                self._read[path] = File.read(text)
            except UNPARSABLE:
                self._read[path] = File()
        return self._read[path]

    def path_of(self, label: str, package: str) -> str:
        """Return the path of a label of this repository, or nothing for one of another."""
        found = absolute_label(label, package)
        if not found.startswith("//"):
            return ""
        folder, _, name = found.removeprefix("//").partition(":")
        return f"{folder}/{name}".strip("/")

    def loads(self, path: str) -> dict[str, frozenset[str]]:
        """Return the names that a file loads, by the path of the file that has them."""
        package = self.package_of(path)
        loads = self.file(path).loads()
        found = {self.path_of(label, package): names for label, names in loads.items()}
        return {loaded: names for loaded, names in found.items() if loaded}

    def standing_on(self, path: str) -> set[str]:
        """Return a .bzl file, and those that load it, by however many others."""
        todo = [path]
        for one in todo:
            todo += [user for user in self.users.get(one, []) if user not in todo]
        return set(todo)

    def spans(self, path: str, loaded: Collection[str]) -> list[tuple[int, int]]:
        """Return the first and last lines of a BUILD file's statements that use what files have."""
        used = [names for it, names in self.loads(path).items() if it in loaded]
        statements = self.file(path).using(frozenset().union(*used))
        return [(one.first, one.last) for one in statements]

    def listing(self, build_file: str, path: str) -> list[tuple[int, int]]:
        """Return the first and last lines of a BUILD file's statements whose globs may have a file."""
        package = self.package_of(build_file)
        inside = PurePath(path).relative_to(package)

        def may_have(patterns: Iterable[str]) -> bool:
            return any(_matches(inside, pattern) for pattern in patterns)

        file = self.file(build_file)
        own = [it for it in file.statements if may_have(it.globs)]
        names = [it.binds for it in own]
        names += [
            bound
            for label, bound in file.loads().items()
            if may_have(self.globs(label, package))
        ]
        found = [*own, *file.using(frozenset().union(*names))]
        return sorted({(one.first, one.last) for one in found})

    def globs(self, label: str, package: str) -> Iterator[str]:
        """Yield the patterns by which the macros of a .bzl file list files of who calls them."""
        path = self.path_of(label, package)
        if not path and not label.startswith(_LIST_NO_FILES):
            yield ANY_FILE
        for loaded in self.closure([path]):
            for one in self.file(loaded).statements:
                yield from one.globs
                if one.loaded and not self.path_of(one.loaded, self.package_of(loaded)):
                    yield from self.globs(one.loaded, "")

    def closure(self, roots: Iterable[str]) -> list[str]:
        """Return files, and all that they load."""
        todo = [path for path in dict.fromkeys(roots) if path in self.paths]
        for path in todo:
            todo += [
                it for it in self.loads(path) if it in self.paths and it not in todo
            ]
        return todo

    def aspects(self) -> list[str]:
        """Return the files of what .bazelrc applies to every target, and all that they load."""
        labels = _ASPECTS.findall("\n".join(self.bazelrc.values()))
        return self.closure(self.path_of(label, "") for label in labels)

    def extensions(self) -> list[str]:
        """Return the files that MODULE.bazel names, and all that they load."""
        named = [it for it in self._named(self.modules()) if it.endswith(".bzl")]
        return self.closure(named)

    @cached_property
    def bazelrc(self) -> dict[str, str]:
        """The options for Bazel: the text of .bazelrc and of each file that it imports."""

        def read(path: str) -> str | None:
            file = self.root / path
            return read_starlark(file) if file.is_file() else None

        return {path: text or "" for path, text in imported(read)}

    def modules(self) -> list[str]:
        """Return MODULE.bazel, and what it includes."""
        todo = ["MODULE.bazel"]
        for path in todo:
            if not (self.root / path).is_file():
                continue
            named = self._named([path])
            todo += [
                it for it in named if it.endswith(".MODULE.bazel") and it not in todo
            ]
        return [path for path in todo if (self.root / path).is_file()]

    @cached_property
    def starting(self) -> frozenset[str]:
        """What Bazel starts from besides: options that .bazelrc imports, patches, what extensions read."""
        named = self._named([*self.modules(), *self.extensions()])
        return frozenset({*self.bazelrc, *named})

    def _named(self, paths: Iterable[str]) -> list[str]:
        """Return the files whose labels files hold, as labels are written where they are no targets."""
        return [
            self.path_of(text, self.package_of(path))
            for path in paths
            for text in self.file(path).strings
            if text.startswith(("//", ":")) and not re.search(r"\s", text)
        ]

    def labels(self, paths: Iterable[str]) -> Iterator[str]:
        """Yield each string that files hold, as the label that it would be."""
        for path in paths:
            package = self.package_of(path)
            for text in self.file(path).strings:
                if text and not re.search(r"\s", text):
                    yield absolute_label(text, package)


def _matches(path: PurePath, pattern: str) -> bool:
    """Return whether a glob may have a file, or a folder around it; no `?` and no `[a]` are known to Bazel."""
    literal = re.sub(r"([\[?])", r"[\1]", pattern)
    folders = [it for it in path.parents if it.name]
    return any(it.full_match(literal) for it in (path, *folders))
