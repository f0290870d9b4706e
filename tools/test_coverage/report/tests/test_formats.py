"""Tests of the forms for other tools."""

from xml.etree import ElementTree

import pytest

from tools.schemas.check import checked
from tools.test_coverage.data.file_coverage import Branch, FileCoverage
from tools.test_coverage.data.lcov import read
from tools.test_coverage.data.run import Run
from tools.test_coverage.report.changes import DiffCoverage
from tools.test_coverage.report.floors import Floor, Floors
from tools.test_coverage.report.formats import FORMATS, Summary

REPORT = {
    "libs/a/x.py": FileCoverage(
        {1: 2, 2: 1, 3: 0}, {Branch(2, 0, 3): 0, Branch(2, 0, 0): 1}
    ),
    "libs/b/<y>.py": FileCoverage({1: 0}),
}
FLOORS = Floors(Floor(50, 10), diff=Floor(90))
SUMMARY = Summary(
    Run(REPORT, time=1_700_000_000),
    FLOORS,
    DiffCoverage("origin/main", {"libs/a/x.py": FileCoverage({2: 1, 3: 0})}),
    ("Only //libs/a ran.",),
)


def test_lcov_is_the_report_itself() -> None:
    assert read(FORMATS["lcov"](SUMMARY), "x") == REPORT


def test_json_has_the_shape_of_coverage_py() -> None:
    got = checked("test_coverage", FORMATS["json"](SUMMARY))

    file = got["files"]["libs/a/x.py"]
    assert file["executed_lines"] == [1, 2]
    assert file["missing_lines"] == [3]
    assert file["executed_branches"] == [[2, 0]]
    assert file["missing_branches"] == [[2, 3]]
    assert got["totals"]["num_statements"] == 4
    assert got["totals"]["percent_covered"] == pytest.approx(50.0)
    assert got["scopes"]["libs/b"]["covered_lines"] == 0


def test_cobertura_has_rates_lines_and_conditions() -> None:
    root = ElementTree.fromstring(FORMATS["cobertura"](SUMMARY))

    assert root.get("line-rate") == "0.5000"
    assert root.get("lines-valid") == "4"
    assert root.get("timestamp") == "1700000000000"
    names = [package.get("name") for package in root.iter("package")]
    assert names == ["libs/a", "libs/b"]
    files = [element.get("filename") for element in root.iter("class")]
    assert files == ["libs/a/x.py", "libs/b/<y>.py"]
    rows = {row.get("number"): row.attrib for row in root.findall(".//line")[:3]}
    assert rows["2"]["condition-coverage"] == "50% (1/2)"
    assert rows["3"] == {"number": "3", "hits": "0"}


def test_markdown_is_a_summary_for_a_merge_request() -> None:
    assert FORMATS["markdown"](SUMMARY) == (
        "## Coverage\n"
        "\n"
        "> Only //libs/a ran.\n"
        "\n"
        "**50.0 %** of lines, **50.0 %** of branches.\n"
        "\n"
        "Changed since `origin/main`: **50.0 %** of lines (floor 90 %).\n"
        "- `libs/a/x.py`: lines 3 never ran\n"
        "\n"
        "| scope | lines | floor | branches | floor |\n"
        "|---|---:|---:|---:|---:|\n"
        "| `libs/a` | 66.6 % | 50 % | 50.0 % | 10 % |\n"
        "| `libs/b` | 0.0 % ❌ | 50 % | - | 10 % |\n"
        "\n"
        "Most to gain:\n"
        "\n"
        "- `libs/a/x.py:3-3`: 1 lines\n"
        "- `libs/b/<y>.py:1-1`: 1 lines\n"
    )


@pytest.mark.parametrize("form", FORMATS)
def test_empty_report_is_written_in_every_form(form: str) -> None:
    assert FORMATS[form](Summary(Run(), Floors())) is not None
