"""Tests of the hook's program: what of the staged files it tells, by the checks themselves."""

import os
import shlex
from pathlib import Path

import pytest

from tools.checks import black_findings
from tools.checks.black_findings import BlackError
from tools.findings.baseline import FILE_NAME, format_baseline
from tools.findings.finding import Finding
from tools.fix.hook.staged import main
from tools.fix.programs import Programs
from tools.fix.tests.repositories import git

SETTINGS = '[tool.ruff.lint]\nselect = ["F"]\n'
CLEAN = '"""A module."""\n\nA = 1\n'
UNUSED = '"""A module."""\n\nimport os\n'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with the settings of the checks."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    git(tmp_path, "init", "--quiet")
    stage(tmp_path, "pyproject.toml", SETTINGS)
    git(tmp_path, "commit", "--quiet", "--message=first")
    return tmp_path


def stage(root: Path, path: str, text: str, encoding: str = "utf-8") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding=encoding)
    git(root, "add", path)


def check(programs: Programs, *arguments: str) -> int:
    """Run the program as the hook does; it goes to other folders."""
    here = Path.cwd()
    try:
        return main(
            [
                f"--ruff={programs.ruff}",
                f"--buildifier={programs.buildifier}",
                *arguments,
            ]
        )
    finally:
        os.chdir(here)


def test_clean_files_pass_in_silence(
    root: Path, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(root, "a/a.py", CLEAN)
    stage(root, "a/defs.bzl", '"""Loads nothing."""\n')

    assert check(programs) == 0
    assert capsys.readouterr() == ("", "")


def test_findings_of_each_check_are_told(
    root: Path, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(root, "a/a.py", UNUSED)
    stage(root, "a/b.py", "A = (1 )\n")
    stage(root, "a/defs.bzl", '"""Loads nothing."""\n\nA = [1,2]\n')

    assert check(programs) == 1
    heads = [
        line
        for line in capsys.readouterr().err.splitlines()
        if line.startswith("a/") and line.endswith("]")
    ]
    assert heads == [
        "a/a.py:3:8: `os` imported but unused [ruff/F401]",
        "a/b.py:1:1: not formatted as black formats it [black/format]",
        "a/defs.bzl:3:1: not formatted as buildifier formats it [buildifier/format]",
    ]


def test_merge_conflict_is_found_in_any_file(
    root: Path, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(root, "page.css", "a {}\n<<<<<<< HEAD\nb {}\n=======\n>>>>>>> theirs\n")

    assert check(programs) == 1
    assert "page.css:2:1: holds a merge conflict" in capsys.readouterr().err

    git(root, "commit", "--quiet", "--message=anyhow")
    stage(root, "page.css", "a {}\nb {}\n")
    assert check(programs) == 0


def test_staged_text_counts_and_not_the_one_in_the_work_tree(
    root: Path, programs: Programs
) -> None:
    stage(root, "a/a.py", UNUSED)
    (root / "a/a.py").write_text(CLEAN)

    assert check(programs) == 1

    git(root, "add", "a/a.py")
    (root / "a/a.py").write_text(UNUSED)

    assert check(programs) == 0


def test_files_that_are_not_staged_are_not_checked(
    root: Path, programs: Programs
) -> None:
    stage(root, "a/a.py", CLEAN)
    (root / "a/b.py").write_text(UNUSED)

    assert check(programs) == 0


def test_nothing_of_interest_staged_passes_without_a_check(
    root: Path, programs: Programs
) -> None:
    stage(root, "notes.md", "new\n")
    nothing = Programs(root / "nowhere/ruff", root / "nowhere/buildifier")

    assert check(nothing) == 0


def test_finding_of_a_staged_baseline_is_accepted(
    root: Path, programs: Programs
) -> None:
    text = "`os` imported but unused"
    known = Finding("a/a.py", 3, 8, "ruff/F401", text, "", "//a")
    stage(root, "a/a.py", UNUSED)
    (root / "a" / FILE_NAME).write_text(format_baseline([known]))

    assert check(programs) == 1

    git(root, "add", "a")

    assert check(programs) == 0


def test_file_that_is_no_python_is_a_finding(
    root: Path, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(root, "a/a.py", "def f(:\n")

    assert check(programs) == 1
    assert "black can't parse it [black/syntax]" in capsys.readouterr().err


def test_text_is_read_as_python_reads_it(
    root: Path, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(root, "a/latin.py", '# coding: latin-1\n"""Café."""\n', "latin-1")
    stage(root, "a/bare.py", '"""Café."""\n', "latin-1")
    stage(root, "a/defs.bzl", '"""Café."""\n', "latin-1")
    stage(root, "a/BUILD.bazel", '"""Café."""\n', "latin-1")

    assert check(programs) == 1
    assert capsys.readouterr().err == (
        "a/BUILD.bazel:1: holds the byte 0xe9, which is not UTF-8 "
        "[buildifier/encoding]\nFix: save it as UTF-8.\n"
        "a/bare.py:1: holds the byte 0xe9, which is not UTF-8. [imports/syntax]\n"
        "Fix: save it as UTF-8; a Python source may also name its encoding in its "
        "first line: # -*- coding: latin-1 -*-\n"
        "a/defs.bzl:1: holds the byte 0xe9, which is not UTF-8 "
        "[buildifier/encoding]\nFix: save it as UTF-8.\n"
    )


@pytest.mark.parametrize(
    ("staged", "said"),
    [
        (("pyproject.toml", "[tool\n"), "ruff failed (exit 2)"),
        ((f"a/{FILE_NAME}", "torn\n"), f"a/{FILE_NAME}:1: not a record"),
        (("a/BUILD.bazel", "py_library(\n"), "a/BUILD.bazel"),
    ],
)
def test_check_that_cannot_run_is_no_pass(
    root: Path,
    programs: Programs,
    staged: tuple[str, str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stage(root, "a/a.py", UNUSED)
    stage(root, *staged)

    assert check(programs) == 2
    assert said in capsys.readouterr().err


def test_black_that_fails_is_no_finding(
    root: Path,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(path: str, *_: object) -> None:
        raise BlackError(f"black failed on {path}")

    monkeypatch.setattr(black_findings, "find", fail)
    stage(root, "a.py", CLEAN)

    assert check(programs) == 2
    assert capsys.readouterr().err == "black failed on a.py\n"


def test_buildifier_that_fails_is_no_finding(
    root: Path, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(root, "a/defs.bzl", '"""Loads nothing."""\n')
    broken = root / "buildifier"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)

    assert check(Programs(programs.ruff, broken)) == 2
    assert capsys.readouterr().err.startswith("buildifier failed (exit 3)")


def test_folder_that_is_no_repository_is_no_pass(
    tmp_path: Path,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))

    assert check(programs) == 2
    assert capsys.readouterr().err.startswith("git diff --cached")


def test_program_leaves_the_script_that_starts_it_again(
    root: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "staged-checks.began").touch()
    launcher = root / "bin/staged"
    monkeypatch.setattr("sys.argv", [f"{launcher}.runfiles/_main/staged.py"])

    assert check(programs, "--began=staged-checks.began") == 0
    started = shlex.split((root / "staged-checks").read_text().splitlines()[-1])
    assert started[-3:] == [
        str(launcher),
        f"--ruff={programs.ruff}",
        f"--buildifier={programs.buildifier}",
    ]
