"""Tests of the script that starts a program again."""

import os
import subprocess
from pathlib import Path

import pytest

from tools.fix.hook.restart import GONE, command, remember

PROGRAM = """#!/bin/sh
printf '%s\\n' "$BUILD_WORKSPACE_DIRECTORY" "$@"
exit 1
"""


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    folder = tmp_path / "bin of it"
    folder.mkdir()
    program = folder / "staged"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    return program


@pytest.fixture
def began(tmp_path: Path) -> Path:
    file = tmp_path / "staged-checks.began"
    file.touch()
    os.utime(file, ns=(5, 7))
    return file


def remember_in(began: Path, launcher: Path) -> Path:
    environ = {"BUILD_WORKSPACE_DIRECTORY": "/work space"}
    program = f"{launcher}.runfiles/_main/tools/staged.py"
    remember(began, program, ["--ruff=/x y"], environ)
    return began.with_suffix("")


def test_script_starts_the_launcher_as_bazel_did(began: Path, launcher: Path) -> None:
    script = remember_in(began, launcher)

    done = subprocess.run(
        [script], capture_output=True, text=True, check=False, timeout=30
    )

    assert (done.returncode, done.stdout) == (1, "/work space\n--ruff=/x y\n")


def test_script_is_as_old_as_the_build(began: Path, launcher: Path) -> None:
    script = remember_in(began, launcher)

    assert script.stat().st_mtime_ns == 7
    assert not began.exists()


def test_script_of_a_program_that_is_gone_says_so(began: Path, launcher: Path) -> None:
    script = remember_in(began, launcher)
    launcher.unlink()

    done = subprocess.run(
        [script], capture_output=True, text=True, check=False, timeout=30
    )

    assert (done.returncode, done.stderr) == (GONE, "")


def test_program_outside_runfiles_is_not_remembered(began: Path) -> None:
    remember(began, "/x/staged.py", [], {"BUILD_WORKSPACE_DIRECTORY": "/repo"})

    assert not began.with_suffix("").exists()


def test_program_of_a_root_of_its_own_is_entered() -> None:
    environ = {"BUILD_WORKSPACE_DIRECTORY": "/repo", "MONOREPO_ENTER": "/repo/enter"}

    assert command("/bin/staged", ["--a"], environ) == [
        "/repo/enter",
        "--enter",
        "env",
        "BUILD_WORKSPACE_DIRECTORY=/repo",
        "/bin/staged",
        "--a",
    ]
