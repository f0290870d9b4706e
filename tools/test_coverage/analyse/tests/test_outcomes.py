"""Tests of which tests' coverage data is missing."""

from pathlib import Path

import pytest

from tools.test_coverage.analyse.outcomes import check_complete, read_outcomes
from tools.test_coverage.analyse.raw_coverage import RawFile, read_reports
from tools.test_coverage.collect.raw_record import write_records
from tools.test_coverage.data.file_coverage import CoverageError

PASSED = (
    '<testsuites name="pytest tests"><testsuite name="any"><testcase name="a"/>{}'
    "</testsuite></testsuites>"
)
SKIPPED = PASSED.replace("/>{}", "><skipped/></testcase>")
FAILED = PASSED.format('<testcase name="b"><failure message="no"/></testcase>')
OTHER = '<testsuites><testsuite name="libs/x" failures="0"/></testsuites>'
NO_HIT = write_records("//libs:x", {})
HIT = write_records("//libs:x", {"libs/a.py": [(1, 1)]})


def check(folder: Path, **tests: tuple[str, str | None]) -> None:
    """Check tests, each given by what it left and its XML."""
    reports = []
    for name, (data, xml) in tests.items():
        report = folder / "bazel-out/k8/testlogs/libs" / name / "coverage.dat"
        report.parent.mkdir(parents=True)
        report.write_text(data)
        if xml is not None:
            report.with_name("test.xml").write_text(xml)
        reports.append(report)
    raw = read_reports(reports)
    raw.files.setdefault("libs/a.py", RawFile())
    check_complete(read_outcomes(reports), raw)


@pytest.mark.parametrize(
    ("data", "xml"),
    [
        pytest.param("", FAILED, id="failed, and left nothing"),
        pytest.param("", None, id="killed before it wrote any XML"),
        pytest.param("", OTHER, id="no pytest_test"),
        pytest.param(NO_HIT, SKIPPED, id="skipped"),
        pytest.param(HIT, PASSED, id="measured"),
        pytest.param("SF:libs/a.rs\nDA:1,1\nend_of_record\n", PASSED, id="other lcov"),
    ],
)
def test_complete(tmp_path: Path, data: str, xml: str | None) -> None:
    check(tmp_path, x=(data, xml))


def test_every_test_that_passed_and_left_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CoverageError) as caught:
        check(tmp_path, one=("", PASSED), two=(HIT, PASSED), three=("", PASSED))

    assert str(caught.value) == (
        "libs/one: passed, and left no coverage data.\n"
        "libs/three: passed, and left no coverage data.\n"
        "Fix: run it again with --nocache_test_results and the "
        "--coverage_output_generator of .bazelrc."
    )


def test_run_that_hit_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CoverageError) as caught:
        check(tmp_path, one=(NO_HIT, PASSED), two=(NO_HIT, PASSED), lost=("", FAILED))

    assert str(caught.value) == (
        "2 tests passed (the first is libs/one), and none of them ran a line of the 1 "
        "files that they depend on.\n"
        "Fix: give the tests something to run, or report it with the flags of this call."
    )


def test_one_test_may_run_nothing_where_another_does(tmp_path: Path) -> None:
    check(tmp_path, one=(NO_HIT, PASSED), two=(HIT, PASSED))


def test_shard_is_named_by_its_folder(tmp_path: Path) -> None:
    report = tmp_path / "testlogs/libs/a test/shard_1_of_2/coverage.dat"
    report.parent.mkdir(parents=True)
    report.touch()

    assert [outcome.name for outcome in read_outcomes([report])] == [
        "libs/a test/shard_1_of_2"
    ]
