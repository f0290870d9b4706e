"""Checks a target's imports against what it declares.

The result tells what is not right, and not yet why: that is explain.py's part, since it
needs to know the whole repository, and a target without a finding must not.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tools.imports.modules import (
    Index,
    candidates,
    files_of,
    is_package,
    namespaces_of,
)
from tools.imports.sources import Import

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
        return self.label.removeprefix("//").partition(":")[0]

    def indexes_with(self, module: str) -> Iterator[Index]:
        """Yield what has modules with the same first part, declared ones first."""
        found = self._tops.get(module.partition(".")[0], [])
        yield from (index for index in found if index.label in self.via[DEPS])
        yield from (index for index in found if index.label not in self.via[DEPS])

    def declared_as(self, index: Index, key: str) -> list[str]:
        """Return the labels by which `deps` or `pyi_deps` declare what has an index."""
        return self.via[key].get(index.label, [])

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


class Usage:
    """What came of a target's imports."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.problems: list[Problem] = []


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
        problem = _resolve_one(target, path, imported, usage.used)
        if not problem and imported.name:
            problem = _missing_submodule(target, path, imported, may_bind)
        if problem and not imported.optional:
            usage.problems.append(problem)
    return usage


def _resolve_one(
    target: Target, path: str, imported: Import, used: set[str]
) -> Problem | None:
    _count_stubs(target, imported, used)
    for module in candidates(imported.module, imported.name):
        inexact = len(module) < len(imported.module)
        if module in target.own_files and not inexact:
            return _hidden(target, path, imported, module)
        having = [
            index
            for index in target.indexes_with(module)
            # What a first-party package lacks is really missing; a distribution may
            # make modules when it runs.
            if module in index.modules and (index.is_distribution or not inexact)
        ]
        declared = _declared(target, having, imported)
        if declared:
            used.update(declared)
            return _hidden(target, path, imported, module)
        if having:
            providers = [index.label for index in having]
            return Problem(path, imported, module, providers)
    if _is_standard(imported) or _is_namespace(target, imported, used):
        return None
    if imported.typing_only and _is_described(target, imported):
        return None
    return Problem(path, imported, _likeliest(target, imported))


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


def _count_stubs(target: Target, imported: Import, used: set[str]) -> None:
    names = candidates(imported.module, imported.name)
    for index in target.indexes_with(imported.module):
        if index.is_distribution and any(name in index.stubs for name in names):
            for key in target.via:
                used.update(target.declared_as(index, key))


def _is_described(target: Target, imported: Import) -> bool:
    """Return whether stubs say what the types of a module are."""
    names = candidates(imported.module, imported.name)
    return any(
        name in index.stubs
        for index in target.indexes_with(imported.module)
        for name in names
    )


def _is_namespace(target: Target, imported: Import, used: set[str]) -> bool:
    """Return whether a folder that isn't a module itself is all that is imported."""
    if imported.name:
        return False
    module = imported.module
    having = [i for i in target.indexes_with(module) if module in i.namespaces]
    used.update(_declared(target, having, imported))
    return bool(having) or module in target.own_namespaces


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
    # pytest runs these, and gives them fixtures by name.
    names = [os.path.basename(path) for path in target.sources]
    tested = any(n == "conftest.py" or n.startswith("test_") for n in names)
    unused = set()
    for key, via in target.via.items():
        for index in target.direct[key]:
            reachable = [index.label, *(k for k, v in via.items() if index.label in v)]
            indexes = [target.indexes[label] for label in reachable]
            if (
                index.label in usage.used | covered
                or "plugin" in index.flags
                or any(
                    os.path.basename(p) == "conftest.py"
                    for i in indexes
                    for p in i.paths
                )
                or (tested and "pytest" in index.modules)
                or any(i.modules & mentioned for i in indexes)
                or not any(i.modules or i.stubs for i in indexes)
            ):
                continue
            unused.add((key, index.label))
    return sorted(unused)
