"""Combines the reports of a `bazel coverage` run into one lcov report.

Invoked by Bazel as its report generator, in the execution root:
combine --reports_file=FILE --output_file=FILE [--generated]
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.coverage_page import lcov
from tools.coverage_page.analysis import Analyser, AnalysisError
from tools.coverage_page.floors import (
    FloorsError,
    read_floors,
    shortfalls,
    verdict,
)
from tools.coverage_page.observations import Observations, observe
from tools.coverage_page.records import FileCoverage, merge_files

# Where a target's generated files lie.
GENERATED = "bazel-out/"
SETTINGS = Path(__file__).parents[2] / "pyproject.toml"
FLOORS = Path(__file__).parents[2] / "coverage.toml"


def first_party(observations: Observations, *, generated: bool) -> list[str]:
    """Return the files to report, sorted: sources, and generated files if wanted."""
    return sorted(
        path
        for path in observations.paths()
        if not path.startswith(("/", "external/", "../"))
        and (generated or not path.startswith(GENERATED))
        and (path.endswith(".py") or observations.records[path].lines)
    )


def combined(
    observations: Observations, paths: Sequence[str], analyser: Analyser, root: Path
) -> dict[str, FileCoverage]:
    """Return the coverage of files, read below `root`."""
    report = {}
    for path in paths:
        report[path] = observations.records.get(path, FileCoverage())
        if path.endswith(".py"):
            seen = observations.arcs.get(path, {})
            analysis = analyser.analyse(root / path, list(seen))
            counts = [len(targets) for targets in seen.values()]
            report[path] = merge_files(report[path], analysis.counted(counts))
    return report


def main(argv: Sequence[str] | None = None) -> int:
    """Combine the reports that Bazel lists."""
    parser = argparse.ArgumentParser(prog="combine")
    parser.add_argument("--reports_file", type=Path, required=True)
    parser.add_argument("--output_file", type=Path, required=True)
    parser.add_argument("--generated", action="store_true")
    arguments = parser.parse_args(argv)
    reports = [Path(line) for line in arguments.reports_file.read_text().splitlines()]
    try:
        observations = observe(reports)
        paths = first_party(observations, generated=arguments.generated)
        report = combined(observations, paths, Analyser(SETTINGS), Path.cwd())
        found = shortfalls(report, read_floors(FLOORS))
    except (AnalysisError, FloorsError, lcov.LcovError) as error:
        print(error, file=sys.stderr)
        return 1
    arguments.output_file.write_text(lcov.written(report))
    # Bazel shows it. A scope that isn't in a run over some targets is no finding here.
    print(verdict(report, (each for each in found if each.kind != "files")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
