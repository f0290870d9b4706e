"""Runs `bazel coverage` in the workspace, and finds what it wrote."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from tools.test_coverage.data.file_coverage import CoverageError
from tools.test_coverage.data.run import DATA, Run, digest, load
from tools.workspace.bazel import NO_TESTS, TESTS_FAILED, Bazel


def run_tests(bazel: Bazel, arguments: Sequence[str]) -> tuple[Run, bool]:
    """Run the tests of some targets; return the run, and whether all of them passed."""
    started = time.time()
    exit_code = bazel.show("coverage", *arguments)
    if exit_code not in (0, TESTS_FAILED):
        found = f"exit code {exit_code}"
        if exit_code == NO_TESTS:
            found = "no test in these targets"
        raise CoverageError(
            f"bazel coverage {' '.join(arguments)}: found {found}, wanted a report."
        )
    # This may be another Bazel than the one that built this program.
    folder = bazel.info("output_path") / "_coverage"
    return read_run(folder, started), exit_code == 0


def last_run(bazel: Bazel) -> Run:
    """Return the run that `bazel coverage` reported last."""
    # Asking Bazel takes as long as writing an index.
    return read_run((own_output_path() or bazel.info("output_path")) / "_coverage")


def read_run(folder: Path, started: float = 0) -> Run:
    """Return the run whose report is in a folder.

    Raises:
        CoverageError: there is none, or it is older than the tests' start, or another
            program has written it.
    """
    report = folder / "_coverage_report.dat"
    if not report.exists():
        raise CoverageError(
            f"{report}: found no report, wanted the one of the last run.\n"
            "Fix: bazel coverage //..."
        )
    run = load(folder / DATA)
    # Every run writes it anew; the clock of files may be a tick behind.
    is_old = report.stat().st_mtime < started - 1
    if is_old or not run or run.report != digest([report.read_bytes()]):
        found = "the report of an earlier run" if is_old else "another program's report"
        raise CoverageError(
            f"{report}: found {found}, wanted one of this run.\n"
            "Fix: leave --combined_report=lcov and --coverage_report_generator as .bazelrc "
            "sets them, and run bazel coverage //..."
        )
    return run


def own_output_path() -> Path | None:
    """Return where the Bazel that built this program keeps its outputs, if it is told."""
    root, marker, _ = os.environ.get("RUNFILES_DIR", "").partition("/bazel-out/")
    return Path(root, "bazel-out") if marker else None
