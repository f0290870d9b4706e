"""Coverage of files as data, and how reports of the same files merge.

A *count* is how many tests (or shards, which report alone) ran a line or took a branch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class CoverageError(Exception):
    """What this tool knows how to say: the base of its exceptions."""


class Branch(NamedTuple):
    """One way out of a line that has several.

    `target` is the line that it jumps to, or 0 where it leaves the function or the
    module. `block` tells several exits of one line apart, as a lambda makes them.
    """

    line: int
    block: int
    target: int


class Function(NamedTuple):
    """A function by the line of its `def` and its qualified name."""

    line: int
    name: str


@dataclass(frozen=True)
class FileCoverage:
    """Counts of everything executable in one file; 0 where nothing ran it."""

    lines: Mapping[int, int] = field(default_factory=dict)
    branches: Mapping[Branch, int] = field(default_factory=dict)
    functions: Mapping[Function, int] = field(default_factory=dict)


Report = Mapping[str, FileCoverage]


def added[Key](left: Mapping[Key, int], right: Mapping[Key, int]) -> dict[Key, int]:
    """Return the counts of both."""
    total = dict(left)
    for key, count in right.items():
        total[key] = total.get(key, 0) + count
    return total


def merge_files(left: FileCoverage, right: FileCoverage) -> FileCoverage:
    """Return what two reports say of one file."""
    return FileCoverage(
        added(left.lines, right.lines),
        added(left.branches, right.branches),
        added(left.functions, right.functions),
    )


def merge(reports: Iterable[Report]) -> dict[str, FileCoverage]:
    """Return what reports say together: counts add up, files and branches unite."""
    merged: dict[str, FileCoverage] = {}
    for report in reports:
        for path, coverage in report.items():
            known = merged.get(path)
            merged[path] = merge_files(known, coverage) if known else coverage
    return merged
