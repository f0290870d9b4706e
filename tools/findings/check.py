"""Runs every check, read-only, and prints what was found and a table of the checks.

Invoked as: bazel run //:check
    [-- [--format terminal|sarif|github|gitlab] [--output FILE] [PATTERN…]]
    [-- --baseline PATTERN…]

What a baseline knows is left out. `--baseline` records what a project comes with, so
that only new findings fail. Exits 1 on findings, 2 where a check could not run.

Examples:
  bazel run //:check
  bazel run //:check -- --format sarif --output findings.sarif //libs/...
  bazel run //:check -- --baseline //libs/old/...
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tools.findings.annotations import format_github, format_gitlab
from tools.findings.collect import Report, collect_reports
from tools.findings.finding import Finding, ReportError
from tools.findings.record import record_baselines, unknown_findings
from tools.findings.sarif import format_sarif
from tools.findings.terminal import format_terminal
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder

FORMATS = {
    "terminal": format_terminal,
    "github": format_github,
    "gitlab": format_gitlab,
}
COLUMNS = ("check", "targets", "findings", "recorded")


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = plain_parser("//:check", __doc__)
    parser.add_argument("--format", choices=[*FORMATS, "sarif"], default="terminal")
    parser.add_argument("--output", type=Path, help="a file; standard output if absent")
    parser.add_argument("--baseline", action="store_true", help="record the findings")
    parser.add_argument("patterns", nargs="*", default=["//..."], metavar="PATTERN")
    return parser.parse_args(argv)


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


def run_checks(root: Path, options: argparse.Namespace) -> bool:
    """Run the checks, write their findings, and return whether there are new ones."""
    reports = collect_reports(root, options.patterns)
    new = unknown_findings(root, reports)
    if options.format == "sarif":
        text = format_sarif(new, {report.check for report in reports})
    else:
        text = FORMATS[options.format](new)
    if options.output:
        (root / options.output).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
    sys.stderr.write(table(reports, new))
    return bool(new)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the checks, or record what they find."""
    options = parse_arguments(argv)
    try:
        root = workspace_folder()
        if not options.baseline:
            return 1 if run_checks(root, options) else 0
        refused = record_baselines(root, options.patterns)
    except (WorkspaceError, ReportError) as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.write(format_terminal(refused))
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
