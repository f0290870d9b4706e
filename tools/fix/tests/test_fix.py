"""Tests of the command: what it looks at, and what it says."""

from pathlib import Path

import pytest

from tools.findings.baseline import FILE_NAME
from tools.fix.fix import choose, main, parse_arguments
from tools.fix.programs import Programs
from tools.fix.tests.repositories import Repository
from tools.fix.work_tree import read_work_tree

LONG = "A = (1 )\n"
SHORT = "A = 1\n"


def test_files_that_are_touched_are_fixed(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"libs/old/a.py": LONG})
    repository.commit()
    repository.write({"libs/new/a.py": LONG})

    assert repository.fix() == 0
    assert repository.read("libs/old/a.py") == LONG
    assert repository.read("libs/new/a.py") == SHORT
    assert capsys.readouterr().out == (
        "fixed libs/new/a.py: black\nwrote libs/new/BUILD.bazel\n"
        "1 folders looked at, 1 BUILD files differ, 0 to decide.\n"
    )


def test_a_check_that_is_switched_off_rewrites_nothing(repository: Repository) -> None:
    text = "import os\n" + LONG
    build = (
        '"""A."""\n\nload("@rules_python//python:py_library.bzl", "py_library")\n\n'
        'package(default_visibility = ["//visibility:private"])\n\npy_library(\n    name = "a",\n    srcs = ["a.py"],\n'
        '    tags = ["no-CHECK=tests read it"],\n)\n'
    )
    for check in ("black", "ruff"):
        text_of_build = build.replace("CHECK", check)
        repository.write({f"libs/{check}/a.py": text})
        repository.write({f"libs/{check}/BUILD.bazel": text_of_build})

    assert repository.fix() == 0

    assert repository.read("libs/black/a.py") == LONG
    assert repository.read("libs/ruff/a.py") == "import os\n\n" + SHORT


def test_paths_that_are_added_to_the_build_s_arguments_are_the_users() -> None:
    given = ["--ruff=bin/ruff lib/x", "--buildifier", "b", "--buildozer", "c"]

    options = parse_arguments([*given, "libs/a", "//tools/..."])

    assert options.paths == ["libs/a", "//tools/..."]


def test_all_means_every_file(repository: Repository) -> None:
    repository.write({"libs/old/a.py": LONG})
    repository.commit()

    assert repository.fix("--all") == 0
    assert repository.read("libs/old/a.py") == SHORT
    assert (repository.root / "libs/old/BUILD.bazel").exists()


def test_nothing_touched_is_nothing_to_fix(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"notes.md": "new\n"})

    assert repository.fix() == 0
    assert capsys.readouterr().out == (
        "Nothing to fix: no Python or Starlark file is touched.\n"
    )


@pytest.mark.parametrize(
    "path", ["a", "a/", "/a", "a/a.py", "//a/...", "//a:all", "//a"]
)
def test_path_is_a_file_or_a_folder_or_a_pattern(
    repository: Repository, path: str
) -> None:
    repository.write({"a/a.py": SHORT, "ab/b.py": SHORT})

    chosen = choose(read_work_tree(repository.root), [path], is_all=False)

    assert chosen.files == ["a/a.py"]


def test_path_that_names_nothing_is_refused(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert repository.fix("a/typo.py") == 2
    assert capsys.readouterr().err == (
        "a/typo.py: git knows no such file or folder.\n"
        "Fix: name files and folders from the root.\n"
    )


def test_check_prints_the_diff_and_writes_nothing(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"libs/a/a.py": LONG})

    assert repository.fix("--check") == 1
    assert repository.read("libs/a/a.py") == LONG
    assert repository.build_files() == {}
    assert '+    name = "a",\n' in capsys.readouterr().out
    repository.fix()
    assert repository.fix("--check") == 0


def test_second_run_changes_nothing(repository: Repository) -> None:
    repository.write(
        {
            "libs/a/a.py": "import yaml\n\nfrom libs.b import b\n\nA = b, yaml\n",
            "libs/b/b.py": "B = 1\n",
            "libs/b/tests/test_b.py": "from libs.b import b\n\n\ndef test_b():\n    b\n",
        }
    )
    repository.fix()
    before = repository.build_files()

    assert repository.fix() == 0
    assert repository.build_files() == before


@pytest.mark.parametrize("mark", [FILE_NAME, "pyproject.toml", "setup.py"])
def test_project_that_comes_in_is_rewritten_only_if_asked(
    repository: Repository, capsys: pytest.CaptureFixture[str], mark: str
) -> None:
    repository.write({"libs/in/a.py": LONG, f"libs/in/{mark}": ""})

    repository.fix()

    assert repository.read("libs/in/a.py") == LONG
    assert (
        capsys.readouterr()
        .out.splitlines()[0]
        .endswith(
            "stay as they came: to format them, name them: bazel run //:fix -- libs/in"
        )
    )
    repository.fix("libs/in")
    assert repository.read("libs/in/a.py") == SHORT


def test_settings_that_cannot_be_read_end_it(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"pyproject.toml": "[tool\n", "a/a.py": SHORT})

    assert repository.fix() == 2
    assert capsys.readouterr().err.startswith("ruff failed (exit 2):\n")


def test_name_that_is_taken_is_refused_before_anything_is_written(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"platform/new.py": LONG})

    assert repository.fix() == 2
    assert repository.build_files() == {}
    assert repository.read("platform/new.py") == LONG
    assert capsys.readouterr().err == (
        'platform: at the root of the repository it hides Python\'s own module "platform".\n'
        "Fix: rename platform, or move it into another folder, such as libs/.\n"
    )


def test_folder_of_another_workspace_is_left_alone(repository: Repository) -> None:
    repository.write({".bazelignore": "other/module\n", "other/module/a.py": LONG})

    assert repository.fix() == 0
    assert repository.read("other/module/a.py") == LONG
    assert repository.build_files() == {}


def test_program_outside_bazel_run_fails(
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    assert main([f"--{name}=x" for name in ("ruff", "buildifier", "buildozer")]) == 2
    assert "start it by bazel run" in capsys.readouterr().err


def test_folder_that_is_no_repository_is_an_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))

    assert main([f"--{name}=x" for name in ("ruff", "buildifier", "buildozer")]) == 2
    assert capsys.readouterr().err.startswith("git ls-files")
