"""Tests of which of two deliveries is the later one."""

from pathlib import Path

import pytest

from tools.image.publish.deliveries import Deliveries
from tools.workspace.git import GitError, git

WHO = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")


@pytest.fixture
def commits(tmp_path: Path) -> list[str]:
    """Return three commits of a checkout, of which the second one is checked out."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    made = []
    for name in ("first", "second", "third"):
        git(tmp_path, *WHO, "commit", "--quiet", "--allow-empty", f"--message={name}")
        made.append(git(tmp_path, "rev-parse", "HEAD").strip())
    git(tmp_path, "checkout", "--quiet", "--detach", made[1])
    return made


def test_commits_before_are_told_from_those_after(
    tmp_path: Path, commits: list[str]
) -> None:
    first, second, third = commits

    deliveries = Deliveries.around(tmp_path)

    assert deliveries.last(["latest", first]) == first
    assert deliveries.last([first, second, third]) == second
    assert deliveries.last(["latest"]) == ""
    assert deliveries.is_late([first, third])
    assert not deliveries.is_late([first, second, "latest"])


def test_commit_of_another_branch_is_neither(
    tmp_path: Path, commits: list[str]
) -> None:
    git(tmp_path, "checkout", "--quiet", "-b", "other", commits[0])
    git(tmp_path, *WHO, "commit", "--quiet", "--allow-empty", "--message=other")
    other = git(tmp_path, "rev-parse", "HEAD").strip()
    git(tmp_path, "checkout", "--quiet", "--detach", commits[1])

    deliveries = Deliveries.around(tmp_path)

    assert (deliveries.last([other]), deliveries.is_late([other])) == ("", False)


def test_shallow_clone_names_the_command(tmp_path: Path, commits: list[str]) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tmp_path}", str(clone))

    with pytest.raises(GitError, match="Fix: git fetch --unshallow"):
        Deliveries.around(clone)
