"""Fails where a report holds a finding that no baseline knows; a build action.

Invoked by Bazel as: verdict --report=CHECK=FILE… --output=FILE [--target=LABEL]
[--baseline=PATH_FROM_ROOT=FILE]… [--record-fix=COMMAND]

A check itself always succeeds and leaves a report, so that its findings are cached
too; this program is what fails. Its output is an empty file.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tools.findings.baseline import Record, compare, gone_finding, read_baseline
from tools.findings.finding import Finding, ReportError, read_report
from tools.findings.terminal import format_terminal

# Not in `main`, where a worker's child would import anew what argparse needs.
PARSER = argparse.ArgumentParser()
PARSER.add_argument("--report", action="append", required=True)
PARSER.add_argument("--output", type=Path, required=True)
PARSER.add_argument("--target", default="")
PARSER.add_argument("--baseline", action="append", default=[])
PARSER.add_argument("--record-fix", default="take the record out.")


def owned_records(
    records: Counter[Record], checks: Collection[str], target: str
) -> Counter[Record]:
    """Return the records about some checks of one target."""
    return Counter(
        {
            record: times
            for record, times in records.items()
            if record.rule.partition("/")[0] in checks and record.target == target
        }
    )


def failing_findings(
    findings: Sequence[Finding], baselines: Mapping[str, Counter[Record]], fix: str
) -> list[Finding]:
    """Return what fails: new findings, and records that no longer occur.

    Args:
        findings: what the checks found.
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


def failing_in(options: argparse.Namespace) -> list[Finding]:
    """Return what fails of the files that the command line names.

    Raises:
        ReportError: one of them can't be read.
    """
    baselines, reports = {}, {}
    for named in options.report:
        check, _, file = named.partition("=")
        reports[check] = read_report(Path(file))
    for named in options.baseline:
        path, _, file = named.partition("=")
        records = read_baseline(Path(file), path)
        baselines[path] = owned_records(records, reports, options.target)
    findings = [finding for report in reports.values() for finding in report]
    return failing_findings(findings, baselines, options.record_fix)


def main(argv: Sequence[str]) -> int:
    """Print what fails of the reports of one target."""
    options = PARSER.parse_args(argv)
    try:
        failing = failing_in(options)
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    if failing:
        sys.stderr.write(format_terminal(failing))
        return 1
    options.output.touch()
    return 0
