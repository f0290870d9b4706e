"""Combines the reports of a `bazel coverage` run into one lcov report.

Invoked by Bazel as its report generator, in the execution root:
combine --reports_file=FILE --output_file=FILE
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.coverage_page import lcov
from tools.coverage_page.floors import read_floors, shortfalls, verdict
from tools.coverage_page.ledger import Ledger, counted
from tools.coverage_page.observations import Observations, observe
from tools.coverage_page.outcomes import check_complete, read_outcomes
from tools.coverage_page.records import CoverageError, FileCoverage
from tools.coverage_page.tasks import Sources, Task, tasks

# The runner is in every test's closure, and is under test where its own tests run.
_RUNNER = "tools/testing/"
SETTINGS = Path(__file__).parents[2] / "pyproject.toml"
FLOORS = Path(__file__).parents[2] / "coverage.toml"
NOTHING = (
    "No file is in the report: these tests depend on no first-party library that "
    "--instrumentation_filter matches."
)


def first_party(observations: Observations) -> list[str]:
    """Return the files to report, sorted: those that the run's targets instrument."""
    left_out: tuple[str, ...] = ("/", "external/", "../")
    if not observations.runs_tests_below(_RUNNER):
        left_out += (_RUNNER,)
    return sorted(
        path
        for path in observations.paths()
        if not path.startswith(left_out)
        and (path.endswith(".py") or observations.records[path].lines)
    )


def combined(
    observations: Observations, sources: Sources, ledger: Ledger
) -> dict[str, FileCoverage]:
    """Return the coverage of every file to report."""

    def count(fresh: Sequence[Task]) -> list[FileCoverage]:
        # Most runs find little to count, and importing coverage.py takes longer than they.
        from tools.coverage_page.counting import Counter  # noqa: PLC0415
        from tools.coverage_page.workers import spread  # noqa: PLC0415

        return spread(fresh, Counter, sources)

    return counted(tasks(observations, first_party(observations)), ledger, count)


def main(argv: Sequence[str] | None = None) -> int:
    """Combine the reports that Bazel lists."""
    parser = argparse.ArgumentParser(prog="combine")
    parser.add_argument("--reports_file", type=Path, required=True)
    parser.add_argument("--output_file", type=Path, required=True)
    arguments = parser.parse_args(argv)
    reports = [Path(line) for line in arguments.reports_file.read_text().splitlines()]
    try:
        sources = Sources(Path.cwd(), SETTINGS)
        # Beside the report: Bazel leaves it there, and `bazel clean` removes it.
        ledger = Ledger(arguments.output_file.with_name("counted.json"), sources)
        observations = observe(reports)
        outcomes = read_outcomes(reports)
        check_complete(outcomes, observations, first_party(observations))
        report = combined(observations, sources, ledger)
        found = shortfalls(report, read_floors(FLOORS))
    except CoverageError as error:
        print(error, file=sys.stderr)
        return 1
    ledger.save()
    arguments.output_file.write_text(lcov.written(report))
    # Bazel shows it. A scope that isn't in a run over some targets is no finding here.
    print(verdict(report, (each for each in found if each.kind != "files")))
    if not report and any(each.ran_tests for each in outcomes):
        print(NOTHING)
    return 0


if __name__ == "__main__":
    sys.exit(main())
