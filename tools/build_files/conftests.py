"""Finds the `conftest.py` files that apply to a test and that its target doesn't have."""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.build_files.index import Index
from tools.build_files.reader import TEST_RULES, Call
from tools.build_files.visibility import Groups, may_see, shown_to

NAME = "conftest.py"


@dataclass(frozen=True)
class MissingConftest:
    """One that pytest would apply to a test, were it not for Bazel."""

    test: Call
    path: str
    library: Call | None
    """The library that has it, if any."""
    is_visible: bool
    """Whether the test may depend on that."""


def missing_conftests(index: Index) -> Iterator[MissingConftest]:
    """Yield what the tests of a repository lack."""
    groups = Groups(index.build_files.values())
    there = {path for path in index.packages.files if path.endswith(NAME)}
    for file in index.build_files.values():
        for test in file.targets:
            if test.function not in TEST_RULES:
                continue
            wanted = [path for path in _around(index.files(test)) if path in there]
            if not wanted:
                continue
            has = _closure(index, test)
            for path in wanted:
                if has is not None and path not in has:
                    library = _library(index, path)
                    visible = library is not None and _may_use(
                        index, groups, library, test
                    )
                    yield MissingConftest(test, path, library, visible)


def _around(files: list[str]) -> list[str]:
    """Return where a conftest.py may lie that applies to files, outermost first."""
    found = {NAME}
    for file in files:
        folder = file.rpartition("/")[0]
        while folder:
            found.add(f"{folder}/{NAME}")
            folder = folder.rpartition("/")[0]
    return sorted(found, key=lambda path: (path.count("/"), path))


def _closure(index: Index, test: Call) -> set[str] | None:
    """Return the files that a target has by itself and through deps.

    None where it has a target that the BUILD files' text doesn't show; what is missing
    then is found when the test runs.
    """
    found: set[str] = set()
    todo = [test]
    seen = {test.label}
    for target in todo:
        found.update([*index.files(target), *index.files(target, "data")])
        if not target.is_known("srcs") or not target.is_known("deps"):
            return None
        for label in index.deps(target):
            if label in seen or label.startswith("@"):
                continue
            seen.add(label)
            dep = index.targets.get(label)
            if dep is None:
                return None
            todo.append(dep)
    return found


def _library(index: Index, path: str) -> Call | None:
    owners = index.owners.get(path, [])
    return next((owner for owner in owners if owner.function == "py_library"), None)


def _may_use(index: Index, groups: Groups, library: Call, test: Call) -> bool:
    shown = shown_to(library, index.build_files[library.package], groups)
    return may_see(shown, library.package, test.package)
