"""Tests of the program that fails where a report holds a finding."""

from pathlib import Path

import pytest

from tools.findings.finding import Finding, ReportError, format_report
from tools.findings.print_report import main

FINDING = Finding("a.py", 2, 5, "x/here", "is odd.", "mend it")


def test_findings_are_printed_and_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report"
    report.write_text(format_report([FINDING]))

    assert main([str(report)]) == 1
    assert capsys.readouterr().out == "a.py:2:5: is odd. [x/here]\nFix: mend it\n"


def test_empty_report_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report"
    report.write_text("")

    assert main([str(report)]) == 0
    assert capsys.readouterr().out == ""


def test_report_that_cannot_be_read_does_not_pass(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.write_text("torn")

    with pytest.raises(ReportError, match=":1: not a finding"):
        main([str(report)])
