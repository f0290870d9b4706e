"""Tests of the table that //:check prints."""

from tools.checks.mend.check import table
from tools.findings.collect import Report
from tools.findings.finding import Finding


def finding(rule: str, line: int) -> Finding:
    return Finding("a.py", line, 1, rule, f"text {line}", "", "//a")


def test_table_counts_targets_and_new_and_recorded_findings_of_each_check() -> None:
    old, new = finding("ruff/F401", 1), finding("ruff/F401", 2)
    reports = [
        Report("//a", "ruff", [old, new]),
        Report("//b", "ruff", []),
        Report("//a", "black", []),
    ]

    assert table(reports, [new]) == (
        "check  targets  findings  recorded\n"
        "black        1         0         0\n"
        "ruff         2         1         1\n"
    )
