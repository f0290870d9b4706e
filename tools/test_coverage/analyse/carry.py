"""Carries forward what the tests that a run left out ran in the run before."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from tools.test_coverage.analyse.cache import analyse, source_digests
from tools.test_coverage.analyse.raw_coverage import RawFile, Sources
from tools.test_coverage.data.file_coverage import FileCoverage, Group
from tools.test_coverage.data.run import Run


@dataclass(frozen=True)
class Carried:
    """A run with what was carried, and the files of which something couldn't be."""

    run: Run
    tests: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def carry(new: Run, saved: Run, sources: Sources) -> Carried:
    """Add to a run what the saved one's other tests ran of files that didn't change."""
    files = dict(new.files)
    tests: set[str] = set()
    changed: set[str] = set()
    edited: dict[str, RawFile] = {}
    digests = source_digests(saved.files, sources)
    for path, file in saved.files.items():
        others = without(file, new.tests)
        if digests[path] and digests[path] == file.source:
            files[path] = united(files.get(path), file, others)
            tests.update(test for group in others for test in group.tests)
        elif digests[path]:
            # A file stays named while it is there; what ran of another text doesn't.
            if others:
                changed.add(path)
            if path not in files:
                edited[path] = RawFile()
    files |= analyse(edited, sources, {})
    run = replace(
        new,
        files=dict(sorted(files.items())),
        tests=new.tests | tests,
        history=saved.history,
    )
    return Carried(run, frozenset(tests), frozenset(changed))


def without(file: FileCoverage, tests: Collection[str]) -> tuple[Group, ...]:
    """Return a file's groups without these tests."""
    groups = []
    for group in file.groups:
        others = tuple(test for test in group.tests if test not in tests)
        if others:
            groups.append(replace(group, tests=others))
    return tuple(groups)


def united(
    new: FileCoverage | None, old: FileCoverage, others: tuple[Group, ...]
) -> FileCoverage:
    """Return a file as a run has it, if it does, with what other tests ran of it."""
    if not new:
        return old.with_groups(others)
    both = replace(new, reasons={**old.reasons, **new.reasons})
    return both.with_groups(new.groups + others)
