"""Tests of what is touched, what is staged, and the hook."""

import subprocess
from pathlib import Path

import pytest

from tools.checks.mend.install_hook import HOOK, install
from tools.checks.mend.worktree import (
    MendError,
    all_files,
    is_python,
    is_starlark,
    staged_files,
    touched_files,
)


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True)


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


@pytest.mark.parametrize("path", ["a/b.py", "a/b.pyi"])
def test_python_is_known_by_its_ending(path: str) -> None:
    assert is_python(path)
    assert not is_starlark(path)


@pytest.mark.parametrize("path", ["BUILD.bazel", "a/BUILD.bazel", "a/b.bzl"])
def test_starlark_is_known_by_its_name(path: str) -> None:
    assert is_starlark(path)
    assert not is_python(path)


def test_hook_is_installed_executable_and_again(root: Path) -> None:
    install(root)

    path = install(root)

    assert path == root / ".git/hooks/pre-commit"
    assert path.read_text() == HOOK
    assert path.stat().st_mode & 0o111


def test_hook_of_another_origin_stays(root: Path) -> None:
    hooks = root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 0\n")

    with pytest.raises(MendError, match="stays as it is"):
        install(root)

    assert (hooks / "pre-commit").read_text() == "#!/bin/sh\nexit 0\n"


@pytest.mark.parametrize(
    ("staged", "started"),
    [("staged.py", True), ("sub/BUILD.bazel", True), ("notes.md", False)],
)
def test_hook_starts_bazel_for_what_it_checks(
    root: Path, staged: str, *, started: bool
) -> None:
    install(root)
    bazelw = root / "bazelw"
    bazelw.write_text('#!/bin/sh\necho "$@" >started\nexit 1\n')
    bazelw.chmod(0o755)
    git(root, "reset", "--quiet")
    (root / staged).parent.mkdir(exist_ok=True)
    (root / staged).write_text("A = 3\n")
    git(root, "add", staged)

    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", "commit", "--message=x"],
        cwd=root,
        check=False,
    )

    assert (root / "started").exists() == started
    assert (done.returncode != 0) == started
