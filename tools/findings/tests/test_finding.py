"""Tests of a finding and its report."""

import pytest

from tools.findings.finding import (
    Finding,
    ReportError,
    format_report,
    parse_report,
    up_to_syntax,
)

EARLY = Finding("a.py", 1, 2, "imports/unused", "says “a”", "remove it", "//a")
LATE = Finding("a.py", 10, 0, "imports/unused", "b", "")


def test_a_report_is_sorted_and_holds_each_finding_once() -> None:
    got = format_report([LATE, EARLY, LATE])

    assert parse_report(got, "r") == [EARLY, LATE]


def test_text_outside_ascii_stays_readable() -> None:
    assert "says “a”" in format_report([EARLY])


@pytest.mark.parametrize("odd", ["a\u2028b\x85c\x0cd", "\ud800"])
def test_text_that_ends_a_line_elsewhere_is_read_back(odd: str) -> None:
    finding = EARLY._replace(text=odd)
    report = format_report([finding, LATE])

    assert parse_report(report.encode().decode(), "r") == [finding, LATE]


@pytest.mark.parametrize("line", ["{", "[]", '{"path": "a.py"}'])
def test_a_line_that_is_no_finding_is_named(line: str) -> None:
    with pytest.raises(ReportError, match=r"^x\.jsonl:2: not a finding: "):
        parse_report(format_report([EARLY]) + line, "x.jsonl")


def test_what_follows_a_syntax_error_is_left_out() -> None:
    broken = [Finding("a.py", line, 1, "x/syntax", "no", "") for line in (2, 3)]
    other = Finding("a.py", 4, 1, "x/name", "unknown", "")
    elsewhere = Finding("b.py", 4, 1, "x/name", "unknown", "")

    got = up_to_syntax([*broken, other, elsewhere], "x/syntax")

    assert got == [broken[0], elsewhere]
