"""Tests that what a test leaves is read back, beside what others leave."""

from tools.test_coverage.collect.raw_record import (
    RawRecord,
    RawReport,
    parse_arcs,
    read_records,
    write_records,
)


def test_records_are_read_back() -> None:
    text = write_records("//:one", {"b.py": [(2, -1), (1, 2)], "a.py": [(1, 1)]})

    got = read_records(text)

    assert got.tests == {"//:one"}
    assert got.records == [
        RawRecord("//:one", "a.py", "[[1,1]]"),
        RawRecord("//:one", "b.py", "[[1,2],[2,-1]]"),
    ]
    assert parse_arcs(got.records[1].arcs) == [(1, 2), (2, -1)]
    assert got.lcov.strip() == ""


def test_records_are_lcov_for_other_readers() -> None:
    assert write_records("//:one", {"a.py": [(1, 2), (2, -1)]}) == (
        "TN://:one\nSF:a.py\n#arcs [[1,2],[2,-1]]\nDA:1,1\nDA:2,1\nend_of_record\n"
    )


def test_file_that_did_not_run_has_no_record() -> None:
    assert write_records("//:one", {"a.py": []}) == "TN://:one\n"
    assert read_records("TN://:one\n") == RawReport({"//:one"}, [], "TN://:one\n")


def test_lcov_of_another_collector_is_left_as_it_is() -> None:
    other = "SF:lib.rs\nDA:1,2\nend_of_record\n"
    text = write_records("//:one", {"a.py": [(1, 1)]}) + other
    text += write_records("//:one", {"b.py": [(2, 2)]})

    got = read_records(text)

    assert [record.path for record in got.records] == ["a.py", "b.py"]
    assert {record.test for record in got.records} == {"//:one"}
    assert got.lcov.startswith(other)
