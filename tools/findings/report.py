"""Runs every check of the repository and writes what it found, for people or machines.

Invoked as: bazel run //tools/findings:report
    [-- [--format terminal|sarif|github|gitlab] [--output FILE] [PATTERN…]]
    [-- --baseline PATTERN…]

What a baseline knows is left out. `--baseline` records what a project comes with, so
that only new findings fail.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.findings.annotations import format_github, format_gitlab
from tools.findings.collect import CollectError, Report, collect_reports, workspace
from tools.findings.finding import Finding, ReportError
from tools.findings.record import describe, folder_of, record, unknown_of, write
from tools.findings.sarif import format_sarif
from tools.findings.terminal import format_terminal

FORMATS = {
    "terminal": format_terminal,
    "github": format_github,
    "gitlab": format_gitlab,
}


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bazel run //tools/findings:report --")
    parser.add_argument("--format", choices=[*FORMATS, "sarif"], default="terminal")
    parser.add_argument("--output", type=Path, help="a file; standard output if absent")
    parser.add_argument("--baseline", action="store_true", help="record the findings")
    parser.add_argument("patterns", nargs="*", default=["//..."], metavar="PATTERN")
    return parser.parse_args(argv)


def unknown_findings(root: Path, reports: Sequence[Report]) -> list[Finding]:
    """Return the findings that no baseline knows."""
    return sorted({f for report in reports for f in unknown_of(root, report)})


def record_baselines(
    root: Path, patterns: Sequence[str], check: str | None = None
) -> list[Finding]:
    """Write the baseline of each pattern's folder; return what it doesn't take.

    Patterns of one folder are recorded together: a baseline takes new ones only once.

    Args:
        root: the repository's root.
        patterns: what to check.
        check: the one check to record, or None for all.
    """
    refused = []
    folders: dict[str, list[str]] = {}
    for pattern in patterns:
        folders.setdefault(folder_of(pattern), []).append(pattern)
    for folder, together in folders.items():
        reports = collect_reports(root, together)
        wanted = [r for r in reports if check in (None, r.check)]
        recorded = record(root, folder, wanted)
        write(root, recorded)
        print("\n".join(describe(recorded)))
        refused += recorded.refused
    return refused


def main(argv: Sequence[str] | None = None) -> int:
    """Run the checks and write their findings."""
    options = parse_arguments(sys.argv[1:] if argv is None else argv)
    try:
        root = workspace()
        if options.baseline:
            found = record_baselines(root, options.patterns)
            sys.stdout.write(format_terminal(found))
        else:
            reports = collect_reports(root, options.patterns)
            found = unknown_findings(root, reports)
            if options.format == "sarif":
                text = format_sarif(found, {report.check for report in reports})
            else:
                text = FORMATS[options.format](found)
            if options.output:
                (root / options.output).write_text(text, encoding="utf-8")
            else:
                sys.stdout.write(text)
    except (CollectError, ReportError) as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
