"""Judges one report against the baselines that hold for its target."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.findings.baseline import Record, compare, gone_finding, read_baseline
from tools.findings.finding import Finding, ReportError, read_report
from tools.findings.terminal import format_terminal


def owned_records(records: Counter[Record], check: str, target: str) -> Counter[Record]:
    """Return the records about one check of one target."""
    return Counter(
        {
            record: times
            for record, times in records.items()
            if record.rule.startswith(check + "/") and record.target == target
        }
    )


def failing_findings(
    findings: Sequence[Finding], baselines: Mapping[str, Counter[Record]], fix: str
) -> list[Finding]:
    """Return what fails: new findings, and records that no longer occur.

    Args:
        findings: what the check found.
        baselines: the records about what it looked at, by the baseline's path.
        fix: the command that takes a record out.
    """
    total: Counter[Record] = Counter()
    for records in baselines.values():
        total += records
    comparison = compare(findings, total)
    gone = [
        gone_finding(record, path, fix)
        for path, records in sorted(baselines.items())
        for record in comparison.gone
        if record in records
    ]
    return comparison.new + gone


def judge(options: Mapping[str, Sequence[str]]) -> bool:
    """Print what fails, and return whether nothing does."""
    (report,), (check,) = options["report"], options["check"]
    target = "".join(options.get("target", []))
    fix = "".join(options.get("record-fix", ["take the record out."]))
    try:
        findings = read_report(Path(report))
        baselines = {}
        for baseline in options.get("baseline", []):
            path, _, file = baseline.partition("=")
            records = read_baseline(Path(file), path)
            baselines[path] = owned_records(records, check, target)
    except ReportError as error:
        print(error, file=sys.stderr)
        return False
    failing = failing_findings(findings, baselines, fix)
    sys.stderr.write(format_terminal(failing))
    return not failing
