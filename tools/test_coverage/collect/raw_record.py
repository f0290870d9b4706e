"""The form in which a measured test leaves what ran: written and read here alone.

It is lcov with one comment more: the arcs of a file, which are the jumps from line to
line that happened. The lines are for other readers, and are passed over here.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

# The runner is in every test's closure, and is measured in its own tests only.
RUNNER = ("tools/testing/", "tools/debug/", "tools/test_coverage/collect/")
_ARCS = "#arcs "
_END = "end_of_record\n"

Arc = tuple[int, int]


class RawRecord(NamedTuple):
    """What a test ran of one file; equal arcs have equal texts."""

    test: str
    path: str
    arcs: str


@dataclass
class RawReport:
    """What a test left, with what another collector left as lcov."""

    tests: set[str] = field(default_factory=set)
    records: list[RawRecord] = field(default_factory=list)
    lcov: str = ""


def write_records(test: str, arcs: Mapping[str, Iterable[Arc]]) -> str:
    """Return the records of a test."""
    rows = [f"TN:{test}"]
    for path, found in sorted(arcs.items()):
        pairs = sorted(found)
        if not pairs:
            continue
        rows += [f"SF:{path}", _ARCS + json.dumps(pairs, separators=(",", ":"))]
        ran = sorted({line for arc in pairs for line in arc if line > 0})
        rows += [f"DA:{line},1" for line in ran]
        rows.append("end_of_record")
    return "\n".join(rows) + "\n"


def read_records(text: str) -> RawReport:
    """Return what a report holds."""
    report = RawReport()
    test = ""
    other = []
    for section in text.split(_END):
        head, marker, tail = section.partition(f"\n{_ARCS}")
        if "TN:" in head:
            test = head.rpartition("TN:")[2].partition("\n")[0] or test
            report.tests.update(filter(None, [test]))
        if marker:
            path, arcs = head.rpartition("SF:")[2], tail.partition("\n")[0]
            report.records.append(RawRecord(test, path, arcs))
        else:
            other.append(section)
    report.lcov = _END.join(other)
    return report


def parse_arcs(text: str) -> list[Arc]:
    """Return the arcs of a record."""
    return [(start, end) for start, end in json.loads(text)]
