"""Tests of counting what ran and what failed."""

import os
from pathlib import Path

import pytest

from tools.flaky.results import Case, Results, outcomes, reports_since, shown_rate

XML = """\
<testsuites><testsuite name="pytest">
<testcase classname="libs.x.tests.test_a" name="test_green" />
<testcase classname="libs.x.tests.test_a.TestB" name="test_red[1]">
<failure message="assert 1 == 2">where it stands</failure></testcase>
<testcase classname="" name="alone"><error message="setup">why</error></testcase>
<testcase classname="c" name="quarantined"><skipped type="pytest.xfail" /></testcase>
</testsuite></testsuites>
"""


def test_outcome_of_each_case_is_read() -> None:
    assert dict(outcomes(XML)) == {
        "libs.x.tests.test_a::test_green": None,
        "libs.x.tests.test_a.TestB::test_red[1]": "assert 1 == 2\nwhere it stands",
        "alone": "setup\nwhy",
        "c::quarantined": None,
    }


def test_run_whose_file_is_broken_has_failed() -> None:
    ((name, failure),) = outcomes("<testsuites>")

    assert name == "the run"
    assert failure is not None


def test_failures_are_counted_by_case_and_world() -> None:
    results = Results()

    for world in ("plain", "crowded", "crowded"):
        results.add("//libs/x:test", world, XML)
    results.add("//libs/x:test", "plain", XML.replace("failure", "skipped"))

    (_, alone, always), (_, red, some) = results.failed()
    assert (alone, always.failures, always.runs) == ("alone", 4, 4)
    assert red.endswith("test_red[1]")
    assert (some.failures, some.runs) == (3, 4)
    assert some.where == {"plain": 1, "crowded": 2}
    assert some.output.startswith("assert 1 == 2")


@pytest.mark.parametrize(
    ("failures", "runs", "low", "high"),
    [(3, 30, 0.035, 0.256), (0, 30, 0.0, 0.114), (30, 30, 0.886, 1.0)],
)
def test_interval_is_that_of_the_literature(
    failures: int, runs: int, low: float, high: float
) -> None:
    got = Case(runs, failures).interval()

    assert got == pytest.approx((low, high), abs=0.001)


def test_thirty_runs_show_one_failure_in_ten() -> None:
    assert shown_rate(29) < 0.1 < shown_rate(28)


def test_only_reports_of_the_hunt_count(tmp_path: Path) -> None:
    folder = tmp_path / "libs/x/test"
    for name, time in (("run_1_of_2", 100), ("run_2_of_2", 200), ("old", 50)):
        (folder / name).mkdir(parents=True)
        (folder / name / "test.xml").write_text(XML)
        os.utime(folder / name / "test.xml", (time, time))

    got = reports_since(tmp_path, "//libs/x:test", 100)

    assert [file.parent.name for file in got] == ["run_1_of_2", "run_2_of_2"]
