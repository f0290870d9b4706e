"""Gathers what the tests of a run left, by file; and says where the files are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tools.test_coverage.collect.raw_record import read_records
from tools.test_coverage.data import lcov
from tools.test_coverage.data.file_coverage import FileCoverage, merged


@dataclass
class RawFile:
    """What tests ran of one file.

    Many tests import a file and run nothing else of it: equal arcs are kept once, with
    the tests (a sharded one once a shard) that left them.
    """

    arcs: dict[str, list[str]] = field(default_factory=dict)
    # The counts of other collectors.
    other: FileCoverage = field(default_factory=FileCoverage)


@dataclass
class RawCoverage:
    """What a run of tests left: files by their paths, and the tests."""

    files: dict[str, RawFile] = field(default_factory=dict)
    tests: set[str] = field(default_factory=set)

    def has_hits(self) -> bool:
        """Return whether a test ran anything at all."""
        return any(
            file.arcs or any(file.other.lines.values()) for file in self.files.values()
        )


@dataclass(frozen=True)
class Sources:
    """Where sources are read, and by which settings of coverage.py."""

    root: Path
    settings: Path = Path(__file__).parents[3] / "pyproject.toml"


def read_reports(paths: Iterable[Path]) -> RawCoverage:
    """Return what these reports hold, the same in whichever order they are given.

    Bazel lists them as it gets them, and what was analysed is cached by what was left.
    """
    raw = RawCoverage()
    for path in sorted(paths):
        report = read_records(path.read_text())
        raw.tests |= report.tests
        for test, name, arcs in report.records:
            file = raw.files.setdefault(name, RawFile())
            file.arcs.setdefault(arcs, []).append(test)
        for name, counts in lcov.read(report.lcov, str(path)).items():
            file = raw.files.setdefault(name, RawFile())
            file.other = merged([file.other, counts])
    return raw
