"""Tests of what is touched and what is staged."""

from pathlib import Path

import pytest

from tools.checks.mend.tests.repositories import git
from tools.checks.mend.worktree import (
    all_files,
    is_python,
    is_starlark,
    staged_files,
    staged_text,
    touched_files,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    for name in ("same.py", "changed.py", "staged.py", "gone.py"):
        (tmp_path / name).write_text("A = 1\n")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=first")
    (tmp_path / "changed.py").write_text("A = 2\n")
    (tmp_path / "staged.py").write_text("A = 2\n")
    git(tmp_path, "add", "staged.py")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "new.py").write_text("A = 1\n")
    (tmp_path / "ignored.py").write_text("A = 1\n")
    return tmp_path


def test_touched_files_differ_from_the_last_commit(root: Path) -> None:
    assert touched_files(root) == ["changed.py", "new.py", "staged.py"]


def test_all_files_are_those_that_git_knows(root: Path) -> None:
    assert all_files(root) == [
        ".gitignore",
        "changed.py",
        "new.py",
        "same.py",
        "staged.py",
    ]


def test_staged_files_are_those_of_the_next_commit(root: Path) -> None:
    assert staged_files(root) == ["staged.py"]


def test_text_is_the_staged_one(root: Path) -> None:
    (root / "staged.py").write_text("A = 3\n")

    assert staged_text(root, "staged.py") == "A = 2\n"
    assert staged_text(root, "new.py") is None
    assert staged_text(root, "*.py") is None


def test_staged_links_and_removals_are_no_files(root: Path) -> None:
    (root / "link.py").symlink_to("same.py")
    git(root, "add", "--all")

    assert staged_files(root) == ["changed.py", "new.py", "staged.py"]


def test_staged_rename_is_its_new_name(root: Path) -> None:
    git(root, "mv", "same.py", "bär 2.py")

    assert staged_files(root) == ["bär 2.py", "staged.py"]


def test_first_commit_stages_everything(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("A = 1\n")
    git(tmp_path, "add", "a.py")

    assert staged_files(tmp_path) == ["a.py"]


@pytest.mark.parametrize("path", ["a/b.py", "a/b.pyi"])
def test_python_is_known_by_its_ending(path: str) -> None:
    assert is_python(path)
    assert not is_starlark(path)


@pytest.mark.parametrize("path", ["BUILD.bazel", "a/BUILD.bazel", "a/b.bzl"])
def test_starlark_is_known_by_its_name(path: str) -> None:
    assert is_starlark(path)
    assert not is_python(path)
