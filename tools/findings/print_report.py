"""Prints a report and fails where it holds a finding; the main of a findings_test.

Invoked by Bazel as: print_report.py REPORT
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tools.findings.finding import read_report
from tools.findings.terminal import format_terminal


def main(argv: Sequence[str] | None = None) -> int:
    """Print one report."""
    (report,) = sys.argv[1:] if argv is None else argv
    findings = read_report(Path(report))
    sys.stdout.write(format_terminal(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
