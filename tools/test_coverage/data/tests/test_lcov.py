"""Tests of lcov: what is written is read back, and what others write is understood."""

import pytest
from hypothesis import given

from tools.test_coverage.data.file_coverage import Branch, FileCoverage, Function
from tools.test_coverage.data.lcov import LcovError, read, write
from tools.test_coverage.data.tests.reports import REPORTS

EXAMPLE = """\
TN:
SF:libs/a.py
FN:1,f
FNDA:2,f
FNF:1
FNH:1
BRDA:2,0,0,0
BRDA:2,0,3,2
BRDA:5,0,6,-
BRF:3
BRH:1
DA:1,2
DA:2,2
DA:5,0
LF:3
LH:2
end_of_record
"""
COVERAGE = FileCoverage(
    lines={1: 2, 2: 2, 5: 0},
    branches={Branch(2, 0, 3): 2, Branch(2, 0, 0): 0, Branch(5, 0, 6): 0},
    functions={Function(1, "f"): 2},
)


def test_report_is_written_in_order_with_its_sums() -> None:
    assert write({"libs/a.py": COVERAGE}) == EXAMPLE


def test_report_is_read_back() -> None:
    assert read(EXAMPLE, "x") == {"libs/a.py": COVERAGE}


@given(REPORTS)
def test_any_report_is_read_back(report: dict[str, FileCoverage]) -> None:
    # lcov counts functions by name, so that two of one name can't be told apart.
    report = {
        path: FileCoverage(coverage.lines, coverage.branches)
        for path, coverage in report.items()
    }

    assert read(write(report), "x") == report


def test_records_of_one_file_are_added() -> None:
    assert read(EXAMPLE + EXAMPLE, "x")["libs/a.py"].lines == {1: 4, 2: 4, 5: 0}


def test_words_for_branches_and_checksums_of_others_are_understood() -> None:
    text = (
        "SF:a.py\nFN:1,4,f\nFNDA:1,f\nDA:2,1,c2hh\nBRDA:2,0,jump to line 3,1\n"
        "BRDA:2,0,return from function 'f',0\nVER:2\nend_of_record\n"
    )

    assert read(text, "x") == {
        "a.py": FileCoverage(
            {2: 1},
            {Branch(2, 0, 3): 1, Branch(2, 0, 0): 0},
            {Function(1, "f"): 1},
        )
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SF:a.py\nDA:one,1\n", 'x:2: found "DA:one,1", wanted a line of lcov'),
        ("DA:1,1\nend_of_record\n", "x:2: found a record's end, wanted an SF line"),
        ("SF:a.py\nDA:1,1\n", "x: found the start of a.py's record, wanted its end"),
    ],
)
def test_broken_report_is_refused(text: str, message: str) -> None:
    with pytest.raises(LcovError, match=message):
        read(text, "x")
