"""Gives a target to each source that has none, and takes away sources that are gone.

A test gets a `pytest_test` of its own, a `conftest.py` a library of its own, and every
other module joins the library that has its neighbours, or else that of its folder.
"""

import ast
import contextlib
import posixpath
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tools.build_files.pytest_files import TEST_FOLDERS, PytestFiles
from tools.build_files.reader import Call
from tools.fix.build_edits import Edits, obstacle_of
from tools.fix.gone import gone_sources
from tools.fix.grants import GROUP, add_group, group_of, has_scope
from tools.fix.import_roots import find_roots, home_of
from tools.fix.work_tree import (
    PYTHON,
    WorkTree,
    build_path,
    folder_of,
    is_below,
)
from tools.imports.check.sources import SourceSyntaxError, parse, parse_imports
from tools.source_text.names import refusal
from tools.source_text.quoting import docstring
from tools.workspace.labels import absolute_label, project_of

LIBRARY = ("py_library", "@rules_python//python:py_library.bzl")
BINARY = ("py_binary", "@rules_python//python:py_binary.bzl")
TEST = ("pytest_test", "//tools/testing:defs.bzl")
STUB = ".pyi"


@dataclass(frozen=True)
class Home:
    """Where a source belongs."""

    package: str
    name: str
    rule: tuple[str, str] = LIBRARY
    key: str = "srcs"
    attributes: tuple[tuple[str, str], ...] = ()
    """What a target that is made for it has besides."""


def unowned_sources(tree: WorkTree, packages: Collection[str]) -> list[str]:
    """Return the sources below packages or folders that no target has."""
    owners = tree.index.owners
    return [
        path
        for path in tree.files
        if path.endswith(PYTHON) and path not in owners and folder_of(path) in packages
    ]


def place_sources(
    tree: WorkTree, unowned: Iterable[str], pytest_files: PytestFiles, edits: Edits
) -> None:
    """Give each source a target."""
    named = []
    for path in unowned:
        refused = refusal(path)
        if path in tree.unreadable:
            edits.decisions.append(obstacle_of(tree, path))
        elif refused:
            edits.decisions.append(refused.replace("\nFix: ", " "))
        else:
            named.append(path)
    placing = _Placing(tree, named, pytest_files, edits)
    for path in named:
        placing.place(path)


class _Placing:
    def __init__(
        self,
        tree: WorkTree,
        unowned: list[str],
        pytest_files: PytestFiles,
        edits: Edits,
    ) -> None:
        self.tree = tree
        self.edits = edits
        self.roots = find_roots(tree, unowned)
        self.pytest_files = pytest_files
        self.tests = {
            path
            for path in unowned
            if pytest_files.takes(path, (tree.root / path).read_bytes())
        }
        self.unowned = unowned
        self.imported = imported_by(tree, self.tests)
        self.made: dict[str, str] = {}
        """The rule of each target that is made, by its label."""
        self.homes: dict[str, str] = {}
        """The folder whose BUILD file has what lies below each import root."""
        self.neighbours: dict[str, dict[str, Call]] = {}
        """The libraries that have a source in or below a folder, by its path and theirs."""
        for path, owners in tree.index.owners.items():
            for owner in owners:
                if owner.function == LIBRARY[0] and tree.written(owner.label):
                    folder = folder_of(path)
                    while is_below(folder, owner.package) and folder:
                        found = self.neighbours.setdefault(folder, {})
                        found[owner.label] = owner
                        folder = folder_of(folder)

    def place(self, path: str) -> None:
        """Give one source a target."""
        name = path.rpartition("/")[2]
        if name == "setup.py" and path not in self.roots:
            self.edits.decisions.append(
                f"{path}: packs the project for others, and nothing here runs it: "
                "take it away, or name it in exports_files."
            )
            return
        home = self._home(path)
        label = absolute_label(f":{home.name}", home.package)
        inside = path.removeprefix(f"{home.package}/") if home.package else path
        if label not in self.tree.index.targets and label not in self.made:
            self._make(label, home)
        self.edits.edit(label, f"add {home.key} {inside}")

    def _make(self, label: str, home: Home) -> None:
        self.made[label] = home.rule[0]
        path = build_path(home.package)
        if path not in self.tree.file_set and path not in self.edits.headers:
            self._begin(home.package)
        rule, source = home.rule
        self.edits.edit(f"//{home.package}:__pkg__", f"new_load {source} {rule}")
        self.edits.edit(f"//{home.package}:__pkg__", f"new {rule} {home.name}")
        sets = [f"set {key} {value}" for key, value in home.attributes]
        self.edits.edit(label, *sets)

    def _begin(self, package: str) -> None:
        """Begin a BUILD file, described by its sources."""
        near = [p for p in self.unowned if is_below(folder_of(p), package)]
        ordered = sorted(near, key=lambda p: (p.count("/"), "__init__" not in p, p))
        described = (first_line((self.tree.root / p).read_bytes()) for p in ordered)
        title = next(
            filter(None, described), f"The sources of {package or 'the root'}."
        )
        private = 'package(default_visibility = ["//visibility:private"])'
        self.edits.headers[build_path(package)] = f"{docstring(title)}\n\n{private}\n"
        if has_scope(package):
            add_group(package, self.edits)

    def _home(self, path: str) -> Home:
        stem = path.rpartition("/")[2].rpartition(".")[0]
        root = self.roots.get(path)
        neighbour = self._neighbour(path)
        package = self._package(path, root, neighbour)
        if path in self.tests:
            return self._test(path, package, root, stem)
        is_root = root is None or package == folder_of(path)
        if stem == "conftest":
            below = _below(package)
            more = [("testonly", "True"), ("visibility", below)]
            if root is not None:
                more.append(_imports(root, package))
            name = self._free_name(package, path, stem)
            return Home(package, name, attributes=tuple(more))
        if stem == "__main__" and is_root and not neighbour:
            name = self._free_name(package, path, "main")
            return Home(package, name, BINARY, attributes=(("main", "__main__.py"),))
        key = "srcs"
        if path.endswith(STUB):
            key = "pyi_srcs"
            for owner in self.tree.index.owners.get(path.removesuffix("i"), []):
                if self.tree.written(owner.label):
                    return Home(owner.package, owner.name, key=key)
        if neighbour and neighbour.package == package:
            return Home(package, neighbour.name, key=key)
        return self._library(path, package, root, key)

    def _test(self, path: str, package: str, root: str | None, stem: str) -> Home:
        if cases := self._run_by_program(package):
            return Home(package, cases.name)
        name = self._free_name(package, path, stem)
        more = [("size", "small")]
        inside = path.removeprefix(f"{root}/").removesuffix(".py")
        if root is not None and inside.replace("/", ".") in self.imported:
            more.append(_imports(root, package))
        return Home(package, name, TEST, attributes=tuple(more))

    def _run_by_program(self, package: str) -> Call | None:
        """Return the library whose tests a program runs, rather than a target for each."""
        targets = self.tree.index.targets
        labels = sorted(self.tree.index.run_by_programs & targets.keys())
        for call in map(targets.__getitem__, labels):
            files = self.tree.index.files(call)
            if call.package == package and any(
                map(self.pytest_files.is_named_so, files)
            ):
                return call
        return None

    def _package(self, path: str, root: str | None, neighbour: Call | None) -> str:
        """Return the package that a source belongs to."""
        folder = folder_of(path)
        if neighbour:
            return neighbour.package
        around = self.tree.packages.package_of(path)
        if folder == around or root is None:
            return folder
        inside = folder.removeprefix(root).split("/")
        if TEST_FOLDERS.intersection(inside):
            return folder
        top = self._home_of(root)
        # A package between the two would have the source for itself.
        return top if around is None or is_below(top, around) else folder

    def _neighbour(self, path: str) -> Call | None:
        """Return the library of the package around that a source in a folder joins."""
        folder = folder_of(path)
        around = self.tree.packages.package_of(path)
        if around is None:
            return None
        near = list(self.neighbours.get(folder, {}).values())
        near = [call for call in near if call.package == around]
        if folder == around:
            if any(call.name == _library_name(folder) for call in near):
                return None
            lost = [call for call in near if gone_sources(self.tree, call)]
            return lost[0] if len(lost) == 1 else None
        if near:
            return near[0]
        roots = [
            (root, call)
            for call in self.tree.index.build_files[around].targets
            if call.function == LIBRARY[0]
            for root in call.import_roots
            if root and self._is_offered(path, root, call)
        ]
        return max(roots, key=lambda pair: len(pair[0]))[1] if roots else None

    def _is_offered(self, path: str, root: str, call: Call) -> bool:
        """Return whether a source is of what a library offers from an import root."""
        if not is_below(path, root):
            return False
        if self._home_of(root) != root:
            return True
        top = path.removeprefix(f"{root}/").partition("/")[0]
        offered = self.tree.index.files(call)
        return any(is_below(other, f"{root}/{top}") for other in offered)

    def _library(self, path: str, package: str, root: str | None, key: str) -> Home:
        library = _library_name(package)
        project = project_of(package)
        more = []
        if root is not None:
            more.append(_imports(root, package))
        elif package == folder_of(path) and self._is_beside_root(package):
            # The library is what others import; this is a program of the project.
            stem = path.rpartition("/")[2].rpartition(".")[0]
            return Home(package, self._free_name(package, path, stem), key=key)
        if TEST_FOLDERS.intersection(package.split("/")):
            more.append(("testonly", "True"))
        label = absolute_label(f":{library}", package)
        rule = self.made.get(label) or getattr(
            self.tree.index.targets.get(label), "function", LIBRARY[0]
        )
        name = library if rule == LIBRARY[0] else f"{library}_lib"
        shown = _below(project)
        if package == project and has_scope(project):
            shown = f":{group_of(self.tree, project) or GROUP}"
        return Home(package, name, key=key, attributes=(*more, ("visibility", shown)))

    def _is_beside_root(self, package: str) -> bool:
        roots = set(self.roots.values())
        return any(package in (root, self._home_of(root)) for root in roots)

    def _home_of(self, root: str) -> str:
        if root not in self.homes:
            self.homes[root] = home_of(self.tree, root)
        return self.homes[root]

    def _free_name(self, package: str, path: str, stem: str) -> str:
        """Return a name that no other target of the package has, and no folder: a program lies in its place."""
        inside = path.removeprefix(f"{package}/").rpartition(".")[0].replace("/", "_")
        for name in (stem, inside):
            label = absolute_label(f":{name}", package)
            is_taken = label in self.tree.index.targets or label in self.made
            if not (is_taken or f"{package}/{name}" in self.tree.folders):
                return name
        return f"{inside}_source"


def _imports(root: str, package: str) -> tuple[str, str]:
    """Return the attribute by which a target has an import root."""
    return "imports", posixpath.relpath(root, package or ".")


def imported_by(tree: WorkTree, paths: Iterable[str]) -> set[str]:
    """Return the modules that sources import by their whole name, and what may be one."""
    found = set()
    for path in paths:
        with contextlib.suppress(SourceSyntaxError):
            for imported in parse_imports((tree.root / path).read_bytes(), []):
                found |= {imported.module, f"{imported.module}.{imported.name}"}
    return found


def _library_name(package: str) -> str:
    return package.rpartition("/")[2] or "root"


def _below(folder: str) -> str:
    return f"//{folder}:__subpackages__"


def first_line(source: bytes) -> str:
    """Return the first line of a module's docstring, or nothing."""
    try:
        text = ast.get_docstring(parse(source)) or ""
    except SourceSyntaxError:
        return ""
    return text.partition("\n")[0]
