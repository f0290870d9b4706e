"""Tests of which tests a hunt runs."""

from pathlib import Path

import pytest

from tools.flaky import selection
from tools.flaky.selection import affected_tests, commit_before
from tools.workspace.git import GitError, git

WHO = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")
THIRD_DAY = "2026-01-03T00:00:00+00:00"


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


def test_tests_are_those_since_a_moment(
    tmp_path: Path, commits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        selection, "labels_since", lambda _, base, group: asked.append(base)
    )

    affected_tests(tmp_path, THIRD_DAY)
    affected_tests(tmp_path, "2025-01-01T00:00:00+00:00")
    affected_tests(tmp_path, None)

    assert asked == [commits[1], commits[0], "HEAD"]


def test_shallow_clone_names_the_command(tmp_path: Path, commits: list[str]) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tmp_path}", str(clone))

    assert commits
    with pytest.raises(GitError, match="Fix: git fetch --unshallow"):
        commit_before(clone, THIRD_DAY)
