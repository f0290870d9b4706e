"""Runs `bazel coverage` in the workspace, and finds what it wrote."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.coverage_page.outcomes import Outcome, read_outcomes
from tools.coverage_page.records import CoverageError

# Bazel's exit codes: https://bazel.build/run/scripts#exit-codes
TESTS_FAILED = 3
NO_TESTS = 4


class BazelError(CoverageError):
    """Bazel didn't give a report."""


@dataclass(frozen=True)
class Outputs:
    """What a coverage run left: the combined report and each test's."""

    execution_root: Path
    combined: Path
    reports: tuple[Path, ...]

    def silent(self) -> list[str]:
        """Return the tests that failed, which leave nothing."""
        return [each.name for each in self._empty() if each.failed]

    def unmeasured(self) -> list[str]:
        """Return the tests that passed and left nothing: they are no pytest_test."""
        return [each.name for each in self._empty() if not each.failed]

    def _empty(self) -> list[Outcome]:
        return [each for each in read_outcomes(self.reports) if each.is_empty]


class Bazel:
    """Bazel, called as the workspace's own users call it."""

    def __init__(self, workspace: Path, command: str | None) -> None:
        self.workspace = workspace
        self.command = shlex.split(command) if command else ["./bazelw"]
        # Where this program was built, if nobody says that another Bazel is meant.
        self._output_path = None if command else own_output_path()
        self._started = 0.0

    def coverage(self, arguments: Sequence[str]) -> bool:
        """Run the tests of some targets; return whether all of them passed."""
        command = [*self.command, "coverage", *arguments]
        # This may be another Bazel than the one that built this program.
        self._output_path = None
        self._started = time.time()
        done = subprocess.run(
            command, cwd=self.workspace, stdout=sys.stderr, check=False
        )
        if done.returncode in (0, TESTS_FAILED):
            return done.returncode == 0
        found = f"exit code {done.returncode}"
        if done.returncode == NO_TESTS:
            found = "no test in these targets"
        raise BazelError(f"{shlex.join(command)}: found {found}, wanted a report.")

    def outputs(self) -> Outputs:
        """Return what the last coverage run left."""
        folder = (self._output_path or self._ask_output_path()) / "_coverage"
        combined, listed = folder / "_coverage_report.dat", folder / "lcov_files.tmp"
        if not combined.exists() or not listed.exists():
            raise BazelError(
                f"{combined}: found no report, wanted the one of the last run.\n"
                "Fix: bazel coverage //..."
            )
        # Every run writes it anew; the clock of files may be a tick behind.
        if combined.stat().st_mtime < self._started - 1:
            raise BazelError(
                f"{combined}: found the report of an earlier run, wanted one of this run.\n"
                "Fix: leave --combined_report=lcov and --coverage_report_generator as .bazelrc "
                "sets them."
            )
        root = folder.parents[1]
        reports = tuple(root / line for line in listed.read_text().splitlines() if line)
        return Outputs(root, combined, reports)

    def _ask_output_path(self) -> Path:
        command = [*self.command, "info", "output_path"]
        done = subprocess.run(
            command,
            cwd=self.workspace,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BazelError(f"{shlex.join(command)}: {done.stderr.strip()}")
        return Path(done.stdout.strip())


def own_output_path() -> Path | None:
    """Return where the Bazel that built this program keeps its outputs, if it is told.

    Asking Bazel takes as long as writing an index.
    """
    root, marker, _ = os.environ.get("RUNFILES_DIR", "").partition("/bazel-out/")
    return Path(root, "bazel-out") if marker else None
