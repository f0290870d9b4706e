"""Fails where a report holds a finding, and prints it; the main program of every report_test.

Invoked by Bazel as: report_test.py REPORT
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tools.findings.finding import read_report
from tools.findings.terminal import format_terminal


def main(argv: Sequence[str]) -> int:
    """Print the findings of one report."""
    (report,) = argv
    findings = read_report(Path(report))
    sys.stderr.write(format_terminal(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
