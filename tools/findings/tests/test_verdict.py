"""Tests of what fails a build."""

from pathlib import Path

import pytest

from tools.findings.baseline import format_baseline
from tools.findings.finding import Finding, format_report
from tools.findings.verdict import main

NEW = Finding("a.py", 3, 1, "imports/unused", "lists b.", "remove it", "//a")
FOREIGN = Finding("a.py", 3, 1, "types/arg", "is wrong.", "mend it", "//a")
ELSEWHERE = NEW._replace(target="//z")


def judge(tmp_path: Path, found: list[Finding], known: list[Finding]) -> int:
    """Run the program as the build does."""
    (tmp_path / "report").write_text(format_report(found))
    (tmp_path / "known").write_text(format_baseline(known))
    return main(
        [
            f"--report=imports={tmp_path}/report",
            f"--output={tmp_path}/passed",
            "--target=//a",
            f"--baseline=libs/findings_baseline.jsonl={tmp_path}/known",
            "--record-fix=run x",
        ]
    )


def test_no_finding_passes_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(tmp_path, [], []) == 0
    assert (tmp_path / "passed").read_text() == ""
    assert capsys.readouterr() == ("", "")


def test_a_new_finding_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(tmp_path, [NEW], []) == 1
    assert capsys.readouterr().err == (
        "a.py:3:1: lists b. [imports/unused]\nFix: remove it\n"
    )


def test_a_known_finding_passes(tmp_path: Path) -> None:
    assert judge(tmp_path, [NEW], [NEW]) == 0


def test_a_record_that_no_longer_occurs_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(tmp_path, [], [NEW]) == 1
    assert capsys.readouterr().err == (
        "libs/findings_baseline.jsonl: records [imports/unused] for a.py, "
        "and it is fixed: lists b. [findings/gone]\nFix: run x\n"
    )


def test_records_of_other_checks_and_targets_are_left_alone(tmp_path: Path) -> None:
    assert judge(tmp_path, [], [FOREIGN, ELSEWHERE]) == 0


def test_a_baseline_that_cannot_be_read_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report").write_text("")
    (tmp_path / "known").write_text("{")

    got = main(
        [
            f"--report=imports={tmp_path}/report",
            f"--output={tmp_path}/passed",
            f"--baseline=libs/findings_baseline.jsonl={tmp_path}/known",
        ]
    )

    assert got == 1
    assert "libs/findings_baseline.jsonl:1: not a record" in capsys.readouterr().err
