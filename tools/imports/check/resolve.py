"""Checks a target's imports against what it declares.

The result says what is not right, and not yet why: that is explain.py's part, since it
needs to know the whole repository, and a target without a finding must not.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tools.imports.check.sources import Import
from tools.imports.index.modules import (
    Index,
    candidates,
    files_of,
    is_package,
    namespaces_of,
)
from tools.workspace.labels import package_of

# Modules of Python that `sys.stdlib_module_names` leaves out.
UNLISTED = {"__main__", "test"}
DEPS, PYI_DEPS = "deps", "pyi_deps"


class Target:
    """One target, what it declares, and what it has through that."""

    def __init__(
        self,
        label: str,
        sources: Iterable[str],
        roots: Sequence[str],
        indexes: Mapping[str, Iterable[Index]],
    ) -> None:
        """Take what the target is made of.

        Args:
            label: its label.
            sources: its sources and stubs.
            roots: folders on the import path besides the repository's root.
            indexes: those of `deps`, of `pyi_deps`, and of the `closure` of both.
        """
        self.label = label
        self.sources = list(sources)
        self.roots = list(roots)
        self.own_files = files_of(self.sources, roots)
        self.own_namespaces = namespaces_of(self.own_files)
        self.direct = {key: list(indexes[key]) for key in (DEPS, PYI_DEPS)}
        self.indexes = {index.label: index for index in indexes["closure"]}
        for key in self.direct:
            self.indexes.update((index.label, index) for index in self.direct[key])
        # A library without sources stands for its deps; so each may be used through it.
        self.via: dict[str, dict[str, list[str]]] = {DEPS: {}, PYI_DEPS: {}}
        for key, direct in self.direct.items():
            for index in direct:
                self._declare(self.via[key], index, index.label)
        self._tops: dict[str, list[Index]] = {}
        for index in self.indexes.values():
            for top in index.tops:
                self._tops.setdefault(top, []).append(index)

    def _declare(self, via: dict[str, list[str]], index: Index, label: str) -> None:
        via.setdefault(index.label, []).append(label)
        if not index.is_distribution and not index.paths:
            for dep in index.deps:
                if dep in self.indexes and label not in via.get(dep, []):
                    self._declare(via, self.indexes[dep], label)

    @property
    def package(self) -> str:
        """The package of the target, from the root."""
        return package_of(self.label)

    def indexes_with(self, module: str) -> Iterator[Index]:
        """Yield what has modules with the same first part, declared ones first."""
        found = self._tops.get(module.partition(".")[0], [])
        yield from (index for index in found if index.label in self.via[DEPS])
        yield from (index for index in found if index.label not in self.via[DEPS])

    def declared_as(self, index: Index, key: str) -> list[str]:
        """Return the labels by which `deps` or `pyi_deps` declare what has an index."""
        return self.via[key].get(index.label, [])

    def reached_by(self, index: Index, key: str) -> list[Index]:
        """Return a dep, and what it stands for."""
        via = self.via[key]
        labels = [label for label, by in via.items() if index.label in by]
        return [index, *(self.indexes[label] for label in labels)]

    def file_of(self, module: str) -> str:
        """Return the first-party file that a module is to the target; perhaps none."""
        if module in self.own_files:
            return self.own_files[module]
        found = (index.files.get(module, "") for index in self.indexes_with(module))
        return next(filter(None, found), "")

    def shortest_path(self, label: str) -> list[str]:
        """Return the labels from this target to one that it has through others."""
        direct = [index for key in self.direct for index in self.direct[key]]
        paths = [[self.label, index.label] for index in direct]
        seen = set()
        for path in paths:
            if path[-1] == label:
                return path
            if path[-1] not in seen:
                seen.add(path[-1])
                index = self.indexes.get(path[-1])
                paths += [[*path, dep] for dep in (index.deps if index else [])]
        return [self.label, label]


class Problem:
    """An import that what the target declares doesn't provide."""

    __slots__ = ("hidden_by", "imported", "is_name", "module", "path", "providers")

    def __init__(
        self, path: str, imported: Import, module: str, providers: Sequence[str] = ()
    ) -> None:
        self.path = path
        self.imported = imported
        self.module = module
        self.providers = providers
        """Where the target has it from without declaring it; empty for nowhere."""
        self.hidden_by = ""
        """The file that Python takes for a package above the module."""
        self.is_name = False
        """Whether it is a problem only where the module exists: a package that is
        declared may have something of that name."""

    def of(self, module: str) -> Problem:
        """Return the problem as one with another module that the line is after."""
        return Problem(self.path, self.imported, module, self.providers)


class Usage:
    """What came of a target's imports."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.problems: list[Problem] = []
        """An optional one is a problem only where a first-party target has the module:
        a build never has by chance what isn't declared."""


# Whether the package that is a file may have a name besides its submodules.
type MayBind = Callable[[str, str], bool]


def resolve(
    target: Target, imports: Iterable[tuple[str, Import]], may_bind: MayBind
) -> Usage:
    """Return which deps are used, and which imports they don't provide.

    Args:
        target: the target.
        imports: the imports with the source that each is in.
        may_bind: reads an `__init__.py`.
    """
    usage = Usage()
    for path, imported in imports:
        used, problem = _resolve_one(target, path, imported)
        usage.used.update(used, _stub_deps(target, imported))
        if not problem and imported.name:
            problem = _missing_submodule(target, path, imported, may_bind)
        if problem and not (imported.optional and _may_fail(problem)):
            usage.problems.append(problem)
    return usage


def _may_fail(problem: Problem) -> bool:
    """Return whether an optional import fails for more than a dep that is missing."""
    imported = problem.imported
    outside = imported.module.startswith(".")
    return imported.absent or outside or bool(problem.hidden_by)


def _resolve_one(
    target: Target, path: str, imported: Import
) -> tuple[list[str], Problem | None]:
    """Return the deps that an import uses, and what is wrong with it."""
    if found := _providing(target, path, imported):
        return found
    if _is_standard(imported):
        return [], None
    folders = _folders(target, imported)
    if folders or _is_own_folder(target, imported):
        return _declared(target, folders, imported), None
    if imported.typing_only and _is_described(target, imported):
        return [], None
    return [], Problem(path, imported, _likeliest(target, imported))


def _providing(
    target: Target, path: str, imported: Import
) -> tuple[list[str], Problem | None] | None:
    """Return the same where some index has what is imported, or a module above it."""
    for module in candidates(imported.module, imported.name):
        inexact = len(module) < len(imported.module)
        if module in target.own_files and not inexact:
            return [], _hidden(target, path, imported, module)
        having = [
            index
            for index in target.indexes_with(module)
            # What a first-party package lacks is really missing; a distribution may
            # make modules when it runs.
            if module in index.modules and (index.is_distribution or not inexact)
        ]
        declared = _declared(target, having, imported)
        if declared:
            return declared, _hidden(target, path, imported, module)
        if having:
            providers = [index.label for index in having]
            return [], Problem(path, imported, module, providers)
    return None


def _declared(target: Target, having: Sequence[Index], imported: Import) -> list[str]:
    keys = (DEPS, PYI_DEPS) if imported.typing_only else (DEPS,)
    return [
        label for key in keys for i in having for label in target.declared_as(i, key)
    ]


def _hidden(target: Target, path: str, imported: Import, module: str) -> Problem | None:
    """Return the problem that a module above is no package, so Python looks no further."""
    above = module.rpartition(".")[0]
    while above:
        file = target.file_of(above)
        if file and not is_package(file):
            problem = Problem(path, imported, module)
            problem.hidden_by = file
            return problem
        above = above.rpartition(".")[0]
    return None


def _missing_submodule(
    target: Target, path: str, imported: Import, may_bind: MayBind
) -> Problem | None:
    """Return the problem that a package hasn't the name that is imported from it."""
    module = f"{imported.module}.{imported.name}"
    file = target.file_of(imported.module)
    if target.file_of(module) or not file or not is_package(file):
        return None
    if may_bind(file, imported.name):
        return None
    problem = Problem(path, imported, module)
    problem.is_name = True
    return problem


def _is_standard(imported: Import) -> bool:
    top = imported.module.partition(".")[0]
    # Every type checker has _typeshed, and no interpreter.
    return (
        top in sys.stdlib_module_names
        or top in UNLISTED
        or (imported.typing_only and top == "_typeshed")
    )


def _stub_deps(target: Target, imported: Import) -> list[str]:
    """Return the deps that describe the types of what is imported."""
    names = candidates(imported.module, imported.name)
    return [
        label
        for index in target.indexes_with(imported.module)
        if index.is_distribution and any(name in index.stubs for name in names)
        for key in target.via
        for label in target.declared_as(index, key)
    ]


def _is_described(target: Target, imported: Import) -> bool:
    """Return whether stubs say what the types of a module are."""
    names = candidates(imported.module, imported.name)
    return any(
        name in index.stubs
        for index in target.indexes_with(imported.module)
        for name in names
    )


def _folders(target: Target, imported: Import) -> list[Index]:
    """Return what has the folder, itself no module, that is all that is imported."""
    module = imported.module
    having = target.indexes_with(module) if not imported.name else ()
    return [index for index in having if module in index.namespaces]


def _is_own_folder(target: Target, imported: Import) -> bool:
    return not imported.name and imported.module in target.own_namespaces


def _likeliest(target: Target, imported: Import) -> str:
    """Return the module that is missing: a.b of `from a import b` if a is a folder."""
    if imported.name:
        spaces = [i.namespaces for i in target.indexes_with(imported.module)]
        if any(imported.module in space for space in [*spaces, target.own_namespaces]):
            return f"{imported.module}.{imported.name}"
    return imported.module


def covered_sources(target: Target) -> tuple[set[str], set[str]]:
    """Return the sources that a dep has too, and those deps: they are checked there.

    A macro adds the main program of another package to the sources, and its library to
    the deps.
    """
    sources, deps = set(), set()
    for index in target.direct[DEPS]:
        shared = set(index.paths).intersection(target.sources)
        if shared:
            sources |= shared
            deps.add(index.label)
    return sources, deps


def unused_deps(
    target: Target, usage: Usage, mentioned: set[str]
) -> list[tuple[str, str]]:
    """Return the deps that nothing uses, sorted: `deps` or `pyi_deps`, and the label.

    Args:
        target: the target.
        usage: what its imports use.
        mentioned: strings in the sources that may name a module.
    """
    _, covered = covered_sources(target)
    kept = usage.used | covered
    # pytest runs these, and gives them fixtures by name.
    runs_pytest = any(map(_is_of_pytest, target.sources))
    return sorted(
        (key, index.label)
        for key in target.via
        for index in set(target.direct[key])
        if index.label not in kept
        and not index.is_plugin
        and not (runs_pytest and "pytest" in index.modules)
        and not _serves(target.reached_by(index, key), mentioned)
    )


def _is_of_pytest(path: str) -> bool:
    name = os.path.basename(path)
    return name == "conftest.py" or name.startswith("test_")


def _serves(indexes: Sequence[Index], mentioned: set[str]) -> bool:
    """Return whether a dep may be needed by what no import says."""
    fixtures = any(
        os.path.basename(path) == "conftest.py" for i in indexes for path in i.paths
    )
    named = any(index.modules & mentioned for index in indexes)
    is_importable = any(index.modules or index.stubs for index in indexes)
    return fixtures or named or not is_importable
