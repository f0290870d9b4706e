"""Tests of the branch with the newest versions."""

from pathlib import Path

import pytest

from tools.pipeline.lock_branch import BRANCH, MESSAGE, main
from tools.workspace.git import git

BAZEL = '#!/bin/sh\n[ "$*" = "run //:requirements.update -- --upgrade" ] && {}\n'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clean checkout with a lock, and a remote."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "x")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "x@example.invalid")
    root = tmp_path / "checkout"
    root.mkdir()
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(root))
    git(root, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "init", "--quiet", "--bare", "remote")
    git(root, "remote", "add", "origin", str(tmp_path / "remote"))
    (root / "lock").write_text("one\n")
    (root / "bazelw").write_text(BAZEL.format("echo two >lock"))
    (root / "bazelw").chmod(0o755)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=first")
    return root


def test_newer_versions_are_committed_and_pushed(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--push=origin"]) == 0

    assert capsys.readouterr().out == f"Pushed {BRANCH} to origin.\n"
    log = git(tmp_path / "remote", "log", "--format=%s", BRANCH).splitlines()
    assert log == [MESSAGE, "first"]
    assert git(root, "diff", "--name-only", "main", BRANCH) == "lock\n"


def test_branch_alone_says_how_to_propose_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert f"git push origin {BRANCH}" in capsys.readouterr().out
    assert git(root, "branch", "--show-current").strip() == BRANCH


def test_nothing_newer_makes_no_branch(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "bazelw").write_text(BAZEL.format("true"))
    git(root, "commit", "--quiet", "--all", "--message=second")

    assert main([]) == 0
    assert capsys.readouterr().out == "The lock has the newest versions.\n"
    assert git(root, "branch", "--list", BRANCH) == ""


def test_change_of_somebody_is_left_alone(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "mine").touch()

    assert main([]) == 2
    assert "mine differs from the last commit" in capsys.readouterr().err
    assert (root / "lock").read_text() == "one\n"


def test_update_that_fails_is_said(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "bazelw").write_text(BAZEL.format("exit 4"))
    git(root, "commit", "--quiet", "--all", "--message=second")

    assert main([]) == 2
    assert "failed with exit code 4" in capsys.readouterr().err
