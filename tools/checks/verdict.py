"""Prints a target's reports, and fails where one of them holds a finding; the program of the action CheckVerdict.

Invoked by Bazel as: verdict --verdict=FILE REPORT…
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Return 1 and write no verdict where there are findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verdict", type=Path, required=True)
    parser.add_argument("reports", nargs="*", type=Path)
    arguments = parser.parse_args(argv)
    found = "".join(report.read_text() for report in arguments.reports)
    if found:
        sys.stdout.write(found)
        return 1
    arguments.verdict.touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
