"""Tests of running the tests of a day several times."""

from pathlib import Path

import pytest

from tools.pipeline import repeat
from tools.pipeline.repeat import commit_before, main
from tools.workspace.fake_bazel import FakeBazel
from tools.workspace.git import GitError, git

WHO = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")


@pytest.fixture
def commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the commits of three days."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    made = []
    for day in (1, 2, 3):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2026-01-0{day}T12:00:00+00:00")
        git(tmp_path, *WHO, "commit", "--quiet", "--allow-empty", f"--message={day}")
        made.append(git(tmp_path, "rev-parse", "HEAD").strip())
    return made


def test_tests_are_those_since_a_moment(tmp_path: Path, commits: list[str]) -> None:
    assert commit_before(tmp_path, "2026-01-03T00:00:00+00:00") == commits[1]
    assert commit_before(tmp_path, "2025-01-01T00:00:00+00:00") == commits[0]


def test_shallow_clone_names_the_command(tmp_path: Path, commits: list[str]) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tmp_path}", str(clone))

    with pytest.raises(GitError, match="Fix: git fetch --unshallow"):
        commit_before(clone, "2026-01-03T00:00:00+00:00")


@pytest.mark.usefixtures("commits")
def test_affected_tests_run_several_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(repeat, "tests_since", lambda *_: ["//libs/a:test_a"])
    bazel = FakeBazel(tmp_path, exit_code=3)
    bazel.install()

    assert main(["--runs=7", "--bazel-flag=--config=ci"]) == 3

    assert bazel.asked() == [
        "test",
        "--runs_per_test=7",
        "--config=ci",
        "--",
        "//libs/a:test_a",
    ]


@pytest.mark.usefixtures("commits")
def test_nothing_affected_is_green_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(repeat, "tests_since", lambda *_: [])

    assert main([]) == 0
    assert capsys.readouterr().err.endswith(" affects a test.\n")


def test_no_repository_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))

    assert main([]) == 2
    assert "not a git repository" in capsys.readouterr().err
