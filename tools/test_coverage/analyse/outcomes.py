"""Finds tests whose coverage data is missing: they passed, and what they ran is in no report.

A test's coverage.dat has its test.xml beside it, which says how the test ended and who ran it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.test_coverage.analyse.raw_coverage import RawCoverage
from tools.test_coverage.data.file_coverage import CoverageError

# What pytest calls its results, whatever the settings call the suite below.
_PYTEST = '<testsuites name="pytest tests"'
_CASE = re.compile(r"<testcase\b")
_SKIPPED = re.compile(r"<skipped\b")


@dataclass(frozen=True)
class Outcome:
    """One test, or one shard or run of it: its coverage report and how it ended."""

    report: Path
    is_empty: bool
    xml: str | None

    @classmethod
    def read(cls, report: Path) -> Outcome:
        """Return the outcome of a coverage.dat."""
        try:
            xml = report.with_name("test.xml").read_text(errors="replace")
        except OSError:
            xml = None
        return cls(report, not report.stat().st_size, xml)

    @property
    def name(self) -> str:
        """Its folder below `testlogs`: the package, the target, the shard."""
        parts = self.report.parent.parts
        return "/".join(parts[parts.index("testlogs") + 1 :])

    @property
    def failed(self) -> bool:
        """Whether it failed; a test that passed has left its XML."""
        return self.xml is None or "<failure" in self.xml or "<error" in self.xml

    @property
    def passed_under_pytest(self) -> bool:
        """Whether it is a pytest_test that passed, which always leaves data."""
        return not self.failed and _PYTEST in (self.xml or "")

    @property
    def ran_tests(self) -> bool:
        """Whether a test of it ran to its end: a skipped one has nothing to show."""
        xml = self.xml or ""
        return self.passed_under_pytest and (
            len(_CASE.findall(xml)) > len(_SKIPPED.findall(xml))
        )


def read_outcomes(reports: Iterable[Path]) -> list[Outcome]:
    """Return the outcome of each test among the reports, sorted."""
    return [
        Outcome.read(report)
        for report in sorted(reports)
        if report.name == "coverage.dat"
    ]


def check_complete(outcomes: Sequence[Outcome], raw: RawCoverage) -> None:
    """Check that tests which passed left what they ran.

    Raises:
        CoverageError: one left nothing at all, or none of them ran any of the files.
    """
    lost = [
        outcome.name
        for outcome in outcomes
        if outcome.is_empty and outcome.passed_under_pytest
    ]
    if lost:
        raise CoverageError(
            "".join(f"{name}: passed, and left no coverage data.\n" for name in lost)
            + "Fix: run it again with --nocache_test_results and the "
            "--coverage_output_generator of .bazelrc."
        )
    ran = [outcome.name for outcome in outcomes if outcome.ran_tests]
    if ran and raw.files and not raw.has_hits():
        raise CoverageError(
            f"{len(ran)} tests passed (the first is {ran[0]}), and none of them ran a line "
            f"of the {len(raw.files)} files that they depend on.\n"
            "Fix: give the tests something to run, or report it with the flags of this call."
        )
