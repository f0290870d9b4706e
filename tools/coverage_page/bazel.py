"""Runs `bazel coverage` in the workspace, and finds what it wrote."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
        """Return the tests that left nothing, as one that fails does."""
        return sorted(
            str(report.parent.relative_to(_testlogs(report)))
            for report in self.reports
            if report.name == "coverage.dat" and not report.stat().st_size
        )


def _testlogs(report: Path) -> Path:
    return next(folder for folder in report.parents if folder.name == "testlogs")


class Bazel:
    """Bazel, called as the workspace's own users call it."""

    def __init__(self, workspace: Path, command: str | None) -> None:
        self.workspace = workspace
        self.command = shlex.split(command) if command else ["./bazelw"]

    def coverage(self, arguments: Sequence[str]) -> bool:
        """Run the tests of some targets; return whether all of them passed."""
        command = [*self.command, "coverage", *arguments]
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
        folder = Path(done.stdout.strip(), "_coverage")
        combined, listed = folder / "_coverage_report.dat", folder / "lcov_files.tmp"
        if not combined.exists() or not listed.exists():
            raise BazelError(
                f"{combined}: found no report, wanted the one of the last run.\n"
                "Fix: bazel coverage //..."
            )
        root = folder.parents[1]
        reports = tuple(root / line for line in listed.read_text().splitlines() if line)
        return Outputs(root, combined, reports)
