"""Makes one report of a `bazel coverage` run: as lcov, and as data that the page reads.

Invoked by Bazel as its report generator, in the execution root:
generator --reports_file=FILE --output_file=FILE
"""

import argparse
import ast
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tools.source_text.parsing import UNPARSABLE
from tools.test_coverage.analyse.cache import analyse
from tools.test_coverage.analyse.outcomes import (
    Outcome,
    check_complete,
    read_outcomes,
)
from tools.test_coverage.analyse.raw_coverage import RawFile, Sources, read_reports
from tools.test_coverage.collect.raw_record import RUNNER
from tools.test_coverage.data import lcov
from tools.test_coverage.data.file_coverage import CoverageError, FileCoverage
from tools.test_coverage.data.run import DATA, Run, digest, load, save
from tools.test_coverage.report.floors import read_floors, shortfalls, verdict

FLOORS = Path(__file__).parents[3] / "coverage.toml"
_FOREIGN = ("/", "external/", "../")
NOTHING = (
    "No file is in the report: these tests depend on no first-party library that "
    "--instrumentation_filter matches."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Report what the tests left that Bazel lists."""
    parser = argparse.ArgumentParser(prog="generator")
    parser.add_argument("--reports_file", type=Path, required=True)
    parser.add_argument("--output_file", type=Path, required=True)
    arguments = parser.parse_args(argv)
    output: Path = arguments.output_file
    reports = [Path(line) for line in arguments.reports_file.read_text().splitlines()]
    outcomes = read_outcomes(reports)
    # Beside the report: Bazel leaves it there, and `bazel clean` removes it.
    data = output.with_name(DATA)
    try:
        run = combined(reports, outcomes, load(data) or Run())
        found = shortfalls(run.files, read_floors(FLOORS))
    except CoverageError as error:
        print(error, file=sys.stderr)
        return 1
    text = lcov.write(run.files)
    run = replace(run, report=digest([text.encode()]), time=int(time.time()))
    save(data, run)
    output.write_text(text)
    # Bazel shows it. A scope that isn't in a run over some targets is no finding here.
    print(verdict(run.files, (s for s in found if s.kind != "files")))
    if not run.files and any(outcome.ran_tests for outcome in outcomes):
        print(NOTHING)
    for path in without_code(run.files):
        print(f"{path}: found text that isn't Python, so nothing of it is counted.")
    return 0


def without_code(files: Mapping[str, FileCoverage]) -> Iterator[str]:
    """Yield the sources of which nothing can run, since they aren't Python."""
    for path, file in files.items():
        if path.endswith(".py") and not file.lines:
            try:
                ast.parse(Path(path).read_bytes())
            except UNPARSABLE:
                yield path


def combined(reports: Sequence[Path], outcomes: Sequence[Outcome], before: Run) -> Run:
    """Return the run that left these reports; analyse what differs from the one before."""
    raw = read_reports(reports)
    raw.files = reported(raw.files, outcomes)
    check_complete(outcomes, raw)
    empty = [outcome for outcome in outcomes if outcome.is_empty]
    return Run(
        analyse(raw.files, Sources(Path.cwd()), before.files),
        frozenset(raw.tests),
        failed=tuple(outcome.name for outcome in empty if outcome.failed),
        unmeasured=tuple(outcome.name for outcome in empty if not outcome.failed),
    )


def reported(
    files: dict[str, RawFile], outcomes: Sequence[Outcome]
) -> dict[str, RawFile]:
    """Return the files to report, sorted: those that the run's targets instrument."""
    left_out = _FOREIGN
    if not any(outcome.name.startswith(RUNNER) for outcome in outcomes):
        left_out += RUNNER
    return {
        path: files[path]
        for path in sorted(files)
        if not path.startswith(left_out)
        and (path.endswith(".py") or files[path].other.lines)
    }


if __name__ == "__main__":
    sys.exit(main())
