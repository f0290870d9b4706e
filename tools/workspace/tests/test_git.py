"""Tests of calls of git, and of the files that it knows."""

from pathlib import Path

import pytest

from tools.workspace.files import known_files, seen_by_bazel
from tools.workspace.git import GitError, fork_of, git, git_paths


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a checkout of one commit, whose branch is `main`."""
    (tmp_path / "a.py").write_text("A = 1\r\n")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "--all")
    commit(tmp_path)
    return tmp_path


def commit(root: Path) -> str:
    """Commit what is staged, and return the commit."""
    identity = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    git(root, *identity, "commit", "--quiet", "--message=test", "--allow-empty")
    return git(root, "rev-parse", "HEAD").strip()


def test_text_comes_back_byte_for_byte(root: Path) -> None:
    assert git(root, "show", "HEAD:a.py") == "A = 1\r\n"


def test_call_that_fails_says_what_git_said(root: Path) -> None:
    with pytest.raises(GitError, match=r"^git show none: fatal: .*none"):
        git(root, "show", "none")


def test_machine_without_git_is_told_so(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(GitError, match="found no git on the PATH"):
        git(root, "status")


def test_paths_are_whole_whatever_is_in_them(root: Path) -> None:
    (root / "ä b\n.py").touch()

    assert git_paths(root, "ls-files", "--others") == ["ä b\n.py"]


def test_known_are_tracked_and_new_files_but_not_ignored_and_gone_ones(
    root: Path,
) -> None:
    (root / ".gitignore").write_text("*.log\n")
    (root / "x.log").touch()
    (root / "new.txt").touch()

    assert known_files(root) == [".gitignore", "a.py", "new.txt"]
    assert known_files(root, "*.py") == ["a.py"]

    (root / "a.py").unlink()

    assert known_files(root, "*.py") == []


def test_bazel_does_not_see_the_folders_of_bazelignore(root: Path) -> None:
    (root / ".bazelignore").write_text("# Why.\nhidden\n")
    for folder in ("hidden", "hidden_not"):
        (root / folder).mkdir()
        (root / folder / "b.py").touch()

    assert seen_by_bazel(root) == [".bazelignore", "a.py", "hidden_not/b.py"]


def test_fork_is_where_the_checkout_left_the_base(root: Path) -> None:
    fork = git(root, "rev-parse", "HEAD").strip()
    git(root, "checkout", "--quiet", "-b", "feature")
    commit(root)

    assert fork_of(root, "main") == fork


def test_base_that_git_does_not_know_says_how_to_get_it(root: Path) -> None:
    with pytest.raises(GitError, match=r"(?s)nowhere.*Fix: name a commit"):
        fork_of(root, "nowhere")


def test_base_is_no_option(root: Path) -> None:
    with pytest.raises(GitError, match='"--all" is an option, wanted a commit'):
        fork_of(root, "--all")


def test_shallow_clone_names_the_command_that_gets_the_history(root: Path) -> None:
    first = commit(root)
    commit(root)
    clone = root / "clone"
    git(root, "clone", "--quiet", "--depth=1", f"file://{root}", str(clone))

    with pytest.raises(GitError, match="Fix: git fetch --unshallow"):
        fork_of(clone, first)
