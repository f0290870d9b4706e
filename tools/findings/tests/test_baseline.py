"""Tests of what a baseline forgives."""

from collections import Counter
from pathlib import Path

import pytest

from tools.findings.baseline import (
    compare,
    format_baseline,
    gone_finding,
    parse_baseline,
    read_baseline,
    record_of,
)
from tools.findings.finding import Finding, ReportError

FINDING = Finding("a.py", 3, 1, "imports/unused", "lists b", "remove it", "//a")
MOVED = FINDING._replace(line=30)
OTHER = FINDING._replace(text="lists c")


def test_a_baseline_read_back_knows_what_was_written() -> None:
    got = parse_baseline(format_baseline([FINDING, MOVED, OTHER]), "b")

    assert got == {record_of(FINDING): 2, record_of(OTHER): 1}


def test_a_moved_finding_is_known() -> None:
    got = compare([MOVED], Counter({record_of(FINDING): 1}))

    assert (got.new, got.known, got.gone) == ([], [MOVED], [])


def test_a_second_equal_finding_is_new() -> None:
    got = compare([MOVED, FINDING], Counter({record_of(FINDING): 1}))

    assert (got.new, got.known) == ([MOVED], [FINDING])


def test_a_record_that_no_longer_occurs_is_gone() -> None:
    got = compare([FINDING], Counter({record_of(FINDING): 1, record_of(OTHER): 2}))

    assert got.gone == [record_of(OTHER), record_of(OTHER)]


def test_a_gone_record_names_the_file_and_the_fix() -> None:
    got = gone_finding(record_of(FINDING), "x/findings_baseline.jsonl", "run x")

    assert got.path == "x/findings_baseline.jsonl"
    assert got.text == ("records [imports/unused] for a.py, and it is fixed: lists b")
    assert got.fix == "run x"


def test_a_text_that_ends_a_line_elsewhere_is_read_back() -> None:
    odd = FINDING._replace(text="a\u2028b\x85c\ud800")

    assert parse_baseline(format_baseline([odd]), "b") == {record_of(odd): 1}


def test_a_file_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b'{"path": "\xe9"}\n')

    with pytest.raises(
        ReportError, match=r"^lib/b: not a baseline: 'utf-8' codec can't"
    ):
        read_baseline(tmp_path / "b", "lib/b")


@pytest.mark.parametrize("line", ["{", "[]", '{"path": "a.py"}', '{"times": "x"}'])
def test_a_line_that_is_no_record_is_named(line: str) -> None:
    with pytest.raises(ReportError, match=r"^b:2: not a record of a baseline: "):
        parse_baseline(format_baseline([FINDING]) + line, "b")
