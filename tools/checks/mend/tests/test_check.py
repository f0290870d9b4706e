"""Tests of //:check: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest

from tools.checks.mend.check import main, table
from tools.findings.baseline import FILE_NAME, format_baseline
from tools.findings.collect import Report
from tools.findings.finding import Finding, format_report
from tools.findings.tests.stand_in_bazel import StandInBazel


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


OLD, NEW = finding("ruff/F401", 1), finding("types/arg", 2)


@pytest.fixture
def bazel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandInBazel:
    """Return the Bazel of a workspace with one finding that is recorded, and one more."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / FILE_NAME).write_text(format_baseline([OLD]))
    bazel = StandInBazel(tmp_path)
    bazel.outputs["findings"] = {
        "a/a.ruff.jsonl": format_report([OLD]),
        "a/a.types.jsonl": format_report([NEW]),
    }
    bazel.install()
    return bazel


def test_new_findings_fail_and_the_table_counts_the_recorded(
    bazel: StandInBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 1
    assert capsys.readouterr() == (
        "a.py:2:1: text 2 [types/arg]\n",
        "check  targets  findings  recorded\n"
        "ruff         1         0         1\n"
        "types        1         1         0\n",
    )
    assert bazel.asked()[-1] == "//..."


def test_recorded_findings_pass(bazel: StandInBazel) -> None:
    (bazel.root / "a" / FILE_NAME).write_text(format_baseline([OLD, NEW]))

    assert main(["//a"]) == 0
    assert bazel.asked()[-1] == "//a"


def test_formats_for_machines_go_to_standard_output(
    bazel: StandInBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--format=sarif"]) == 1
    sarif = json.loads(capsys.readouterr().out)
    assert main(["--format=gitlab"]) == 1
    gitlab = json.loads(capsys.readouterr().out)

    assert [len(run["results"]) for run in sarif["runs"]] == [0, 1]
    assert [issue["check_name"] for issue in gitlab] == ["types/arg"]


def test_baseline_that_is_there_refuses_what_is_new(
    bazel: StandInBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--baseline", "//a"]) == 1
    assert "it can only shrink" in capsys.readouterr().out
    assert (bazel.root / "a" / FILE_NAME).read_text() == format_baseline([OLD])


def test_first_baseline_records_everything(bazel: StandInBazel) -> None:
    path = bazel.root / "a" / FILE_NAME
    path.unlink()

    assert main(["--baseline", "//a"]) == 0
    assert path.read_text() == format_baseline([OLD, NEW])


def test_build_that_fails_is_not_taken_for_no_findings(
    bazel: StandInBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel.exit_code = 1
    bazel.install()

    assert main([]) == 2
    assert "Bazel couldn't run the checks" in capsys.readouterr().err
