"""Runs every check, read-only, and prints what was found and a table of the checks.

Invoked as: bazel run //:check [-- [--format terminal|sarif|github|gitlab] [PATTERN…]]
    bazel run //:check -- --baseline PATTERN…

`--baseline` records what a project comes with, so that only new findings fail.
Exits 1 on findings, 2 where a check could not run.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from tools.findings.collect import CollectError, Report, collect_reports, workspace
from tools.findings.finding import Finding, ReportError
from tools.findings.report import (
    FORMATS,
    record_baselines,
    unknown_findings,
)
from tools.findings.sarif import format_sarif
from tools.findings.terminal import format_terminal

EVERYTHING = "//..."
COLUMNS = ("check", "targets", "findings", "recorded")


def table(reports: Sequence[Report], new: Sequence[Finding]) -> str:
    """Return one line per check: targets it ran over, new findings, recorded ones."""
    targets = Counter(report.check for report in reports)
    total = Counter(report.check for report in reports for _ in set(report.findings))
    failing = Counter(finding.rule.partition("/")[0] for finding in new)
    rows = [
        (
            check,
            str(targets[check]),
            str(failing[check]),
            str(total[check] - failing[check]),
        )
        for check in sorted(targets)
    ]
    widths = [max(len(row[n]) for row in [COLUMNS, *rows]) for n in range(len(COLUMNS))]
    lines = []
    for row in [COLUMNS, *rows]:
        numbers = (
            text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)
        )
        lines.append("  ".join([row[0].ljust(widths[0]), *numbers]) + "\n")
    return "".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the checks and print what they found."""
    parser = argparse.ArgumentParser(prog="bazel run //:check --")
    parser.add_argument("--format", choices=[*FORMATS, "sarif"], default="terminal")
    parser.add_argument("--baseline", action="store_true", help="record the findings")
    parser.add_argument("patterns", nargs="*", default=[EVERYTHING], metavar="PATTERN")
    options = parser.parse_args(argv)
    try:
        root = workspace()
        if options.baseline:
            refused = record_baselines(root, options.patterns)
            sys.stdout.write(format_terminal(refused))
            return 1 if refused else 0
        reports = collect_reports(root, options.patterns)
        new = unknown_findings(root, reports)
    except (CollectError, ReportError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.format == "sarif":
        sys.stdout.write(format_sarif(new, {report.check for report in reports}))
    else:
        sys.stdout.write(FORMATS[options.format](new))
    sys.stdout.flush()
    sys.stderr.write(table(reports, new))
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
