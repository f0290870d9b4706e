"""Fails where a report holds a finding that no baseline knows; a build action.

Invoked by Bazel as: verdict --report=FILE --output=FILE --check=NAME [--target=LABEL]
[--baseline=PATH_FROM_ROOT=FILE]… [--record-fix=COMMAND]

The check itself always succeeds and leaves a report, so that its findings are cached
too; this program is what fails. Its output is an empty file.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tools.findings.baseline import (
    Comparison,
    Record,
    compare,
    gone_finding,
    parse_baseline,
)
from tools.findings.finding import Finding, ReportError, read_report
from tools.findings.terminal import format_terminal

# No argparse: its import costs as much as the rest of this program.
OPTIONS = ("report", "output", "check", "target", "baseline", "record-fix")


def parse_options(argv: Sequence[str]) -> dict[str, list[str]]:
    """Return the values of each option."""
    options: dict[str, list[str]] = {name: [] for name in OPTIONS}
    for argument in argv:
        name, _, value = argument.removeprefix("--").partition("=")
        options[name].append(value)
    return options


def owned_records(records: Counter[Record], check: str, target: str) -> Counter[Record]:
    """Return the records about one check of one target."""
    return Counter(
        {
            record: times
            for record, times in records.items()
            if record.rule.startswith(check + "/") and record.target == target
        }
    )


def judge(
    findings: Sequence[Finding], baselines: dict[str, Counter[Record]], fix: str
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
    comparison: Comparison = compare(findings, total)
    gone = [
        gone_finding(record, path, fix)
        for path, records in sorted(baselines.items())
        for record in comparison.gone
        if record in records
    ]
    return comparison.new + gone


def main(argv: Sequence[str]) -> int:
    """Judge one report."""
    options = parse_options(argv)
    (report,), (output,), (check,) = (options[k] for k in ("report", "output", "check"))
    target = options["target"][0] if options["target"] else ""
    fix = options["record-fix"][0] if options["record-fix"] else "take the record out."
    try:
        findings = read_report(Path(report))
        baselines = {}
        for baseline in options["baseline"]:
            path, _, file = baseline.partition("=")
            records = parse_baseline(Path(file).read_text(encoding="utf-8"), path)
            baselines[path] = owned_records(records, check, target)
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    failing = judge(findings, baselines, fix)
    sys.stderr.write(format_terminal(failing))
    Path(output).touch()
    return 1 if failing else 0
