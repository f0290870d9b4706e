"""Tests of //:check: what it prints, what it writes, and how it ends."""

import json
from pathlib import Path

import pytest

from tools.findings.baseline import FILE_NAME, format_baseline
from tools.findings.check import main, table
from tools.findings.collect import Report
from tools.findings.finding import Finding, format_report
from tools.workspace.fake_bazel import FakeBazel

OLD = Finding("libs/ml/a.py", 3, 1, "ruff/F401", "is unused", "", "//libs/ml")
NEW = Finding("libs/ml/a.py", 1, 1, "types/arg", "is wrong", "mend it", "//libs/ml")


@pytest.fixture
def bazel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeBazel:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    (tmp_path / "libs/ml").mkdir(parents=True)
    (tmp_path / "libs/mq").mkdir()
    bazel = FakeBazel(tmp_path)
    bazel.outputs["findings"] = {
        "libs/ml/ml.black.jsonl": "",
        "libs/ml/ml.ruff.jsonl": format_report([OLD]),
        "libs/ml/ml.types.jsonl": format_report([NEW]),
    }
    bazel.install()
    return bazel


@pytest.fixture
def baseline(bazel: FakeBazel) -> Path:
    path = bazel.root / "libs/ml" / FILE_NAME
    path.write_text(format_baseline([OLD]))
    return path


def test_table_counts_targets_and_new_and_recorded_findings_of_each_check() -> None:
    reports = [
        Report("//libs/ml", "ruff", [OLD]),
        Report("//libs/mq", "ruff", []),
        Report("//libs/ml", "types", [NEW]),
        Report("//libs/ml", "black", []),
    ]

    assert table(reports, [NEW]) == (
        "check  targets  findings  recorded\n"
        "black        1         0         0\n"
        "ruff         2         0         1\n"
        "types        1         1         0\n"
    )


def test_findings_that_no_baseline_knows_are_printed_and_counted(
    bazel: FakeBazel, baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 1
    assert capsys.readouterr() == (
        "libs/ml/a.py:1:1: is wrong [types/arg]\nFix: mend it\n",
        "check  targets  findings  recorded\n"
        "black        1         0         0\n"
        "ruff         1         0         1\n"
        "types        1         1         0\n",
    )
    assert bazel.asked()[-1] == "//..."


def test_known_findings_are_no_failure(
    bazel: FakeBazel, baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline.write_text(format_baseline([OLD, NEW]))

    assert main(["//libs/..."]) == 0
    assert capsys.readouterr().out == ""
    assert bazel.asked()[-1] == "//libs/..."


def test_sarif_has_a_run_of_each_check_that_ran(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--format=sarif"]) == 1

    runs = json.loads(capsys.readouterr().out)["runs"]
    found = {run["tool"]["driver"]["name"]: len(run["results"]) for run in runs}
    assert found == {"black": 0, "ruff": 0, "types": 1}


def test_code_quality_report_is_json(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--format=gitlab"]) == 1

    issues = json.loads(capsys.readouterr().out)
    assert [issue["check_name"] for issue in issues] == ["types/arg"]


def test_output_goes_to_a_file_of_the_workspace(
    baseline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--format=github", "--output=found.txt"]) == 1
    assert capsys.readouterr().out == ""
    assert (tmp_path / "found.txt").read_text() == (
        "::error file=libs/ml/a.py,line=1,col=1,title=types/arg"
        "::is wrong%0AFix: mend it\n"
    )


def test_first_baseline_takes_everything(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--baseline", "//libs/ml/..."]) == 0

    path = f"libs/ml/{FILE_NAME}"
    assert capsys.readouterr().out == f"{path}: 2 records\n"
    assert (bazel.root / path).read_text() == format_baseline([OLD, NEW])


def test_later_baseline_prints_what_it_refuses(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--baseline", "//libs/ml"]) == 1
    assert capsys.readouterr().out == (
        f"libs/ml/{FILE_NAME}: 1 record\n"
        f"libs/ml/{FILE_NAME}: it can only shrink, and 1 more found are not in it.\n"
        "Fix: correct those:\n"
        "libs/ml/a.py:1:1: is wrong [types/arg]\nFix: mend it\n"
    )
    assert baseline.read_text() == format_baseline([OLD])


def test_build_that_fails_is_not_taken_for_no_findings(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel.exit_code = 1
    bazel.install()

    assert main([]) == 2
    assert capsys.readouterr().err.startswith("bazel build //... failed")


def test_baseline_that_cannot_be_read_is_not_taken_for_none(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline.write_text("torn\n")

    assert main([]) == 2
    assert f"libs/ml/{FILE_NAME}:1: not a record" in capsys.readouterr().err


def test_program_outside_bazel_run_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    assert main([]) == 2
    assert "start it by bazel run" in capsys.readouterr().err


def test_unknown_format_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--format=yaml"])

    assert "invalid choice: 'yaml'" in capsys.readouterr().err


def test_finding_is_known_by_any_baseline_above(
    bazel: FakeBazel, baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bazel.root / "libs" / FILE_NAME).write_text(format_baseline([NEW]))

    assert main([]) == 0
    assert capsys.readouterr().out == ""


def test_patterns_of_one_folder_are_recorded_together(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    # One by one, the second would find a baseline, which then takes nothing new.
    assert main(["--baseline", "//libs/ml:one", "//libs/mq", "//libs/ml:two"]) == 0

    builds = "\n".join(bazel.asked()).split("\n--\n")[1:]
    assert builds[0].startswith("//libs/ml:one\n//libs/ml:two")
    assert builds[1].startswith("//libs/mq")
    assert f"libs/ml/{FILE_NAME}: 2 records\n" in capsys.readouterr().out
