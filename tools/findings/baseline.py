"""Findings that a project came with: they don't fail, new ones do, records can only go.

A baseline is a file `findings_baseline.jsonl` in the project's folder, one record a
line. A record knows no line number, so an edit elsewhere in the file leaves it true;
`times` counts equal findings of one file.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.findings.finding import Finding, ReportError, format_line, lines_of

FILE_NAME = "findings_baseline.jsonl"


class Record(NamedTuple):
    """What makes two findings the same one: all but the position and the fix."""

    path: str
    rule: str
    target: str
    text: str


class Comparison(NamedTuple):
    """A check's findings against the records about the same check and target."""

    new: list[Finding]
    known: list[Finding]
    gone: list[Record]


def record_of(finding: Finding) -> Record:
    """Return a finding without what an unrelated edit changes."""
    return Record(finding.path, finding.rule, finding.target, finding.text)


def parse_baseline(text: str, source: str) -> Counter[Record]:
    """Return the records of a baseline and how often each may occur.

    Raises:
        ReportError: a line is not a record; `source` is the file's name in the message.
    """
    records: Counter[Record] = Counter()
    for number, line in enumerate(lines_of(text), 1):
        try:
            fields = json.loads(line)
            times = int(fields.pop("times", 1))
            records[Record(**fields)] += times
        except (ValueError, TypeError, AttributeError) as error:
            raise ReportError(
                f"{source}:{number}: not a record of a baseline: {error}\n"
                "Fix: restore the file from git, or have the check write it again."
            ) from None
    return records


def read_baseline(path: Path, source: str) -> Counter[Record]:
    """Return the records of a baseline's file; see `parse_baseline`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ReportError(
            f"{source}: not a baseline: {error}\n"
            "Fix: restore the file from git, or have the check write it again."
        ) from None
    return parse_baseline(text, source)


def format_records(records: Iterable[Record]) -> str:
    """Return a baseline that holds these records."""
    lines = []
    for record, times in sorted(Counter(records).items()):
        fields: dict[str, object] = record._asdict()
        if times > 1:
            fields["times"] = times
        lines.append(format_line(fields))
    return "".join(lines)


def format_baseline(findings: Iterable[Finding]) -> str:
    """Return a baseline that knows exactly these findings."""
    return format_records(record_of(finding) for finding in sorted(set(findings)))


def compare(findings: Sequence[Finding], records: Counter[Record]) -> Comparison:
    """Split findings into new and known ones, and name the records that are gone.

    Args:
        findings: what one run of a check found.
        records: the records about what this run looked at, and no others.
    """
    left = records.copy()
    new, known = [], []
    for finding in sorted(set(findings)):
        record = record_of(finding)
        if left[record] > 0:
            left[record] -= 1
            known.append(finding)
        else:
            new.append(finding)
    return Comparison(new, known, sorted(left.elements()))


def gone_finding(record: Record, baseline_path: str, fix: str) -> Finding:
    """Return the finding that a baseline holds a record which no longer occurs."""
    return Finding(
        path=baseline_path,
        line=0,
        column=0,
        rule="findings/gone",
        text=(
            f"records [{record.rule}] for {record.path}, and it is fixed: "
            f"{record.text}"
        ),
        fix=fix,
        target=record.target,
    )
