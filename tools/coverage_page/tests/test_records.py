"""Tests that merging reports is exact, in any order and grouping."""

from hypothesis import given
from hypothesis import strategies as st

from tools.coverage_page.records import FileCoverage, merge
from tools.coverage_page.tests.reports import REPORTS

type Files = dict[str, FileCoverage]


@given(REPORTS, REPORTS)
def test_merging_is_commutative(left: Files, right: Files) -> None:
    assert merge([left, right]) == merge([right, left])


@given(REPORTS, REPORTS, REPORTS)
def test_merging_is_associative(one: Files, two: Files, three: Files) -> None:
    assert merge([merge([one, two]), three]) == merge([one, merge([two, three])])


@given(REPORTS)
def test_an_empty_report_changes_nothing(report: Files) -> None:
    assert merge([report, {}]) == merge([{}, report]) == report


@given(st.lists(REPORTS))
def test_counts_add_up_and_nothing_is_lost(reports: list[Files]) -> None:
    merged = merge(reports)

    for report in reports:
        assert report.keys() <= merged.keys()
    for path, coverage in merged.items():
        files = [report[path] for report in reports if path in report]
        for line, count in coverage.lines.items():
            assert count == sum(file.lines.get(line, 0) for file in files)
        for branch, count in coverage.branches.items():
            assert count == sum(file.branches.get(branch, 0) for file in files)
        assert coverage.lines.keys() == {line for file in files for line in file.lines}


def test_merging_leaves_its_inputs_alone() -> None:
    left = {"a.py": FileCoverage({1: 1})}

    merge([left, left])

    assert left == {"a.py": FileCoverage({1: 1})}
