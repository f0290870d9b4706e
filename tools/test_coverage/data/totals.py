"""Adds up coverage: of a file, of a scope, of the repository.

A scope is a project's folder: `libs/x`, `services/api`, `tools/testing`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from tools.test_coverage.data.file_coverage import FileCoverage, Files
from tools.workspace.settings import projects


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    hit: int = 0
    of: int = 0

    def __add__(self, other: Self) -> Share:
        """Return both together."""
        return Share(self.hit + other.hit, self.of + other.of)

    @property
    def percent(self) -> float:
        """The share in percent; nothing to cover is covered."""
        return 100 * self.hit / self.of if self.of else 100.0

    @property
    def text(self) -> str:
        """The share for reading: never rounded up to a hundred."""
        if not self.of:
            return "-"
        return f"{int(self.percent * 10) / 10:.1f} %"


@dataclass(frozen=True)
class Totals:
    """The lines and branches of some files."""

    lines: Share = Share()
    branches: Share = Share()

    def __add__(self, other: Self) -> Totals:
        """Return both together."""
        return Totals(self.lines + other.lines, self.branches + other.branches)


def share(counts: Iterable[int]) -> Share:
    """Return how many of the counts aren't zero."""
    ran = [count > 0 for count in counts]
    return Share(sum(ran), len(ran))


def of_file(coverage: FileCoverage) -> Totals:
    """Return one file's totals."""
    return Totals(share(coverage.lines.values()), share(coverage.branches.values()))


def of_files(files: Iterable[FileCoverage]) -> Totals:
    """Return the totals of files together."""
    return sum(map(of_file, files), start=Totals())


def scope_of(path: str) -> str:
    """Return the scope that a file belongs to: a project, or else the top folder; `.` for the root."""
    folder, _, _name = path.rpartition("/")
    parts = folder.split("/")
    return "/".join(parts[:2] if parts[0] in projects() else parts[:1]) or "."


def by_scope(report: Files) -> Mapping[str, dict[str, FileCoverage]]:
    """Return the report of each scope, in order."""
    scopes: dict[str, dict[str, FileCoverage]] = {}
    for path in sorted(report):
        scopes.setdefault(scope_of(path), {})[path] = report[path]
    return dict(sorted(scopes.items()))
