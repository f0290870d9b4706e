"""Tests of how the findings that a project comes with are recorded."""

from pathlib import Path

import pytest

from tools.findings.baseline import FILE_NAME, format_baseline
from tools.findings.collect import Report
from tools.findings.finding import Finding, ReportError
from tools.findings.record import (
    Recorded,
    baseline_for,
    describe,
    folder_of,
    record,
    write,
)

OLD = Finding("libs/ml/a.py", 3, 1, "ruff/F401", "is unused", "", "//libs/ml")
NEW = OLD._replace(text="is new")
TYPES = OLD._replace(rule="types/arg-type", text="is wrong")
OTHER = Finding("libs/mq/b.py", 1, 1, "ruff/F401", "is unused", "", "//libs/mq")
RUFF = "ruff"


def put(root: Path, folder: str, *findings: Finding) -> Path:
    """Write the baseline of a folder."""
    path = root / folder / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(format_baseline(findings))
    return path


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [
        ("//...", ""),
        ("//:all", ""),
        ("//libs/ml", "libs/ml"),
        ("//libs/ml:train", "libs/ml"),
        ("//libs/ml/...", "libs/ml"),
        ("libs/ml/...:all", "libs/ml"),
    ],
)
def test_folder_is_what_a_pattern_speaks_of(pattern: str, folder: str) -> None:
    assert folder_of(pattern) == folder


def test_baseline_is_the_nearest_that_is_there(tmp_path: Path) -> None:
    put(tmp_path, "", OLD)
    nearest = put(tmp_path, "libs", OLD)

    assert baseline_for(tmp_path, "libs/ml/data") == nearest
    assert baseline_for(tmp_path, "services/api") == tmp_path / FILE_NAME


def test_folder_without_a_baseline_gets_its_own(tmp_path: Path) -> None:
    assert baseline_for(tmp_path, "libs/ml") == tmp_path / "libs/ml" / FILE_NAME


def test_first_record_takes_everything(tmp_path: Path) -> None:
    reports = [Report("//libs/ml", RUFF, [OLD, NEW])]

    got = record(tmp_path, "//libs/ml/...", reports)

    path = f"libs/ml/{FILE_NAME}"
    assert got == Recorded(path, format_baseline([OLD, NEW]), [])


def test_baseline_that_is_there_refuses_what_is_new(tmp_path: Path) -> None:
    put(tmp_path, "libs/ml", OLD)

    got = record(tmp_path, "//libs/ml", [Report("//libs/ml", RUFF, [OLD, NEW])])

    assert (got.text, got.refused) == (format_baseline([OLD]), [NEW])


def test_a_renamed_file_keeps_its_records_and_gets_no_more(tmp_path: Path) -> None:
    put(tmp_path, "libs/ml", OLD, TYPES)
    renamed = OLD._replace(path="libs/ml/renamed.py", target="//libs/ml:other")
    second = renamed._replace(path="libs/ml/second.py")
    reports = [
        Report("//libs/ml:other", RUFF, [renamed, second]),
        Report("//libs/ml", RUFF, []),
    ]

    got = record(tmp_path, "//libs/ml", reports)

    assert (got.text, got.refused) == (format_baseline([renamed, TYPES]), [second])


def test_a_file_that_is_there_keeps_its_records_to_itself(tmp_path: Path) -> None:
    put(tmp_path, "libs/ml", OLD)
    (tmp_path / OLD.path).touch()
    other = OLD._replace(path="libs/ml/other.py")

    got = record(tmp_path, "//libs/ml", [Report("//libs/ml", RUFF, [other])])

    assert got.refused == [other]


def test_what_is_mended_is_taken_out(tmp_path: Path) -> None:
    put(tmp_path, "libs/ml", OLD, NEW)

    got = record(tmp_path, "//libs/ml", [Report("//libs/ml", RUFF, [NEW])])

    assert (got.text, got.refused) == (format_baseline([NEW]), [])


def test_records_of_what_was_not_checked_stay(tmp_path: Path) -> None:
    put(tmp_path, "libs", OLD, TYPES, OTHER)

    got = record(tmp_path, "//libs/ml", [Report("//libs/ml", RUFF, [])])

    assert (got.text, got.refused) == (format_baseline([TYPES, OTHER]), [])


def test_second_of_two_equal_findings_is_taken_out_alone(tmp_path: Path) -> None:
    put(tmp_path, "libs/ml", OLD, OLD._replace(line=9))

    got = record(tmp_path, "//libs/ml", [Report("//libs/ml", RUFF, [OLD])])

    assert got.text == format_baseline([OLD])


def test_records_of_a_check_of_files_are_taken_again_and_taken_out(
    tmp_path: Path,
) -> None:
    first = OLD._replace(rule="buildifier/load", target="")
    second = first._replace(text="is mended")
    put(tmp_path, "", first, second, OLD)
    report = Report("//tools/checks/starlark:files", "buildifier", [first])

    got = record(tmp_path, "//...", [report])

    assert got == Recorded(FILE_NAME, format_baseline([first, OLD]), [])


def test_baseline_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    put(tmp_path, "libs/ml").write_text("torn\n")

    with pytest.raises(ReportError, match=rf"^libs/ml/{FILE_NAME}:1: not a record"):
        record(tmp_path, "//libs/ml", [])


def test_written_baseline_holds_the_records(tmp_path: Path) -> None:
    write(tmp_path, Recorded(FILE_NAME, format_baseline([OLD]), []))

    assert (tmp_path / FILE_NAME).read_text() == format_baseline([OLD])


def test_empty_baseline_is_taken_away(tmp_path: Path) -> None:
    path = put(tmp_path, "libs/ml", OLD)

    write(tmp_path, Recorded(f"libs/ml/{FILE_NAME}", "", []))
    write(tmp_path, Recorded(f"libs/mq/{FILE_NAME}", "", []))

    assert not path.exists()
    assert not (tmp_path / "libs/mq").exists()


def test_description_counts_records_and_refusals() -> None:
    one = Recorded("b", format_baseline([OLD]), [])
    two = Recorded("b", format_baseline([OLD, NEW]), [OTHER])

    assert list(describe(one)) == ["b: 1 record"]
    assert list(describe(two)) == [
        "b: 2 records",
        "b: it can only shrink, and 1 more found are not in it.\nFix: correct those:",
    ]


def test_baseline_above_leaves_out_what_one_below_holds(tmp_path: Path) -> None:
    put(tmp_path, "libs/ml", OLD)
    reports = [
        Report("//libs/ml", RUFF, [OLD, NEW]),
        Report("//libs/mq", RUFF, [OTHER]),
    ]

    first = record(tmp_path, "//libs/...", reports)
    write(tmp_path, first)
    again = record(tmp_path, "//libs/...", reports)

    assert first == Recorded(f"libs/{FILE_NAME}", format_baseline([NEW, OTHER]), [])
    assert again == first
