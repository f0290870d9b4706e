"""Tests of the program that fails where a check of the tree found something."""

from pathlib import Path

import pytest

from tools.checks.report_test import main
from tools.findings.finding import Finding, ReportError, format_report

FINDING = Finding("a.py", 2, 5, "x/here", "is odd.", "mend it")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report"


def test_findings_are_printed_and_fail(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report.write_text(format_report([FINDING]))

    assert main([str(report)]) == 1
    assert capsys.readouterr().err == "a.py:2:5: is odd. [x/here]\nFix: mend it\n"


def test_empty_report_passes_in_silence(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report.write_text("")

    assert main([str(report)]) == 0
    assert capsys.readouterr() == ("", "")


def test_report_that_cannot_be_read_does_not_pass(report: Path) -> None:
    report.write_text("torn")

    with pytest.raises(ReportError, match=":1: not a finding"):
        main([str(report)])
