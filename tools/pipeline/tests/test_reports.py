"""Tests that reports come out of Bazel's folder, one file each."""

from pathlib import Path

import pytest

from tools.pipeline.reports import main


def test_each_report_is_named_after_its_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    for name in ("libs/a/test_x", "libs/a/test_y/shard_1_of_2"):
        report = tmp_path / "bazel-testlogs" / name / "test.xml"
        report.parent.mkdir(parents=True)
        report.write_text(name)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/old.xml").touch()

    assert main(["reports"]) == 0

    found = {path.name: path.read_text() for path in (tmp_path / "reports").iterdir()}
    assert found == {
        "libs.a.test_x.xml": "libs/a/test_x",
        "libs.a.test_y.shard_1_of_2.xml": "libs/a/test_y/shard_1_of_2",
    }


def test_a_run_that_left_none_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))

    assert main(["reports"]) == 1

    assert capsys.readouterr().err == (
        "bazel-testlogs holds no report. Fix: bazel test //...\n"
    )


def test_a_folder_of_other_files_is_left_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    for name in ("a.xml", "b.py"):
        (tmp_path / name).touch()

    assert main(["."]) == 1

    assert capsys.readouterr().err == (
        f"{tmp_path} holds b.py, wanted a folder of reports alone.\n"
        "Fix: name a folder that is empty, or isn't there.\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xml", "b.py"]
