"""Reads what tests left: raw arcs of Python files, and finished lcov of anything else.

The raw form is written by //tools/testing:collecting.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tools.coverage_page import lcov
from tools.coverage_page.records import FileCoverage, merge_files

# The comment that carries the arcs of a file.
ARCS = "#arcs "

Arc = tuple[int, int]


@dataclass
class Observations:
    """What a run of tests saw.

    Many tests import a file and run nothing else of it: equal arcs are kept once, with
    the tests (a sharded one once a shard) that saw them.
    """

    arcs: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    records: dict[str, FileCoverage] = field(default_factory=dict)
    tests: set[str] = field(default_factory=set)
    # Where each test's report was.
    reports: set[str] = field(default_factory=set)

    def paths(self) -> set[str]:
        """Return every file that is named."""
        return self.arcs.keys() | self.records.keys()

    def runs_tests_below(self, folder: str) -> bool:
        """Return whether a test of this folder reported, be it nothing at all."""
        return any(f"/testlogs/{folder}" in report for report in self.reports)

    def take(self, text: str, origin: str) -> None:
        """Take the records of one report."""
        if origin.endswith("/coverage.dat"):
            self.reports.add(origin)
        target = ""
        finished = []
        for section in text.split("end_of_record\n"):
            head, marker, tail = section.partition("\n" + ARCS)
            if "TN:" in head:
                target = head.rpartition("TN:")[2].partition("\n")[0] or target
                self.tests.update(filter(None, [target]))
            if marker:
                path = head.rpartition("SF:")[2]
                seen = self.arcs.setdefault(path, {})
                seen.setdefault(tail.partition("\n")[0], []).append(target)
            else:
                finished.append(section)
        report = lcov.read("end_of_record\n".join(finished), origin)
        for path, coverage in report.items():
            known = self.records.get(path)
            self.records[path] = merge_files(known, coverage) if known else coverage


def parse_arcs(text: str) -> list[Arc]:
    """Return the arcs of a raw record."""
    return [(start, end) for start, end in json.loads(text)]


def observe(reports: Iterable[Path]) -> Observations:
    """Return what these reports hold, the same in whichever order they are given.

    Bazel lists them as it gets them, and what was counted is remembered by what was seen.
    """
    observations = Observations()
    for path in sorted(reports):
        observations.take(path.read_text(), str(path))
    return observations
