"""Tests of the command that mends what is touched, by ruff, black and buildifier themselves."""

from pathlib import Path

import pytest

from tools.checks.mend.fix import chosen_files, main, mend, packages_of
from tools.checks.mend.tests.repositories import git
from tools.checks.mend.worktree import MendError, Programs
from tools.workspace.fake_bazel import FakeBazel

SETTINGS = '[tool.ruff.lint]\nselect = ["F"]\n'
CLEAN = '"""A module."""\n\nA = 1\n'
BUILD = '"""A package."""\n\nfilegroup(\n    name = "a",\n    srcs = ["a.py"],\n)\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with a clean package."""
    git(tmp_path, "init", "--quiet")
    put(tmp_path, "pyproject.toml", SETTINGS)
    put(tmp_path, "a/a.py", CLEAN)
    put(tmp_path, "a/BUILD.bazel", BUILD)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=first")
    return tmp_path


@pytest.fixture
def bazel(root: Path, monkeypatch: pytest.MonkeyPatch) -> FakeBazel:
    """Return what answers for the last step, the imports, that they are right."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(root))
    (root / ".git/info/exclude").write_text(
        "bazelw\nevents\nanswer\nasked\ncomplaint\nexit_code\n"
    )
    bazel = FakeBazel(root)
    bazel.install()
    return bazel


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def fix(programs: Programs, *arguments: str) -> int:
    """Run the command as the build does."""
    return main(
        [f"--ruff={programs.ruff}", f"--buildifier={programs.buildifier}", *arguments]
    )


@pytest.mark.parametrize("path", ["a", "a/", "/a", "a/a.py"])
def test_path_is_a_file_or_a_folder_from_the_root(root: Path, path: str) -> None:
    put(root, "ab/b.py", CLEAN)

    assert "a/a.py" in chosen_files(root, [path], is_all=False)
    assert "ab/b.py" not in chosen_files(root, [path], is_all=False)


def test_touched_files_are_chosen_unless_all_are_wanted(root: Path) -> None:
    put(root, "b.py", CLEAN)

    assert chosen_files(root, [], is_all=False) == ["b.py"]
    assert "a/a.py" in chosen_files(root, [], is_all=True)


@pytest.mark.parametrize(
    ("file", "package"),
    [
        ("a/a.py", "//a:all"),
        ("a/data/deep/b.py", "//a:all"),
        ("c/d.py", "//:all"),
        ("e.py", "//:all"),
    ],
)
def test_package_of_a_file_is_the_nearest(root: Path, file: str, package: str) -> None:
    assert packages_of(root, [file]) == [package]


def test_folder_without_a_package_is_one_where_no_target_has_its_sources(
    root: Path,
) -> None:
    put(root, "b/BUILD.bazel", BUILD.replace("a.py", "with/a.py"))
    put(root, "b/with/a.py", CLEAN)
    put(root, "b/without/a.py", CLEAN)
    put(root, "new/tests/test_a.py", CLEAN)

    files = ["b/with/a.py", "b/without/a.py", "new/tests/test_a.py"]

    assert packages_of(root, files) == [
        "//b/without:all",
        "//b:all",
        "//new/tests:all",
    ]


def test_other_workspace_has_no_package_of_this_one(root: Path) -> None:
    put(root, ".bazelignore", "# Workspaces of their own.\nother/module\n")
    put(root, "other/module/BUILD.bazel", BUILD)
    put(root, "other/BUILD.bazel", BUILD)

    files = ["other/module/a.py", "other/module/BUILD.bazel", "other/a.py"]

    assert packages_of(root, files) == ["//other:all"]


def test_each_program_mends_its_files_and_is_named(
    root: Path, programs: Programs
) -> None:
    put(root, "a/a.py", '"""A module."""\n\nimport os\n\nA = (1 )\n')
    put(root, "a/BUILD.bazel", BUILD.replace('    name = "a"', 'name = "a"'))

    got = mend(root, programs, ["a/a.py", "a/BUILD.bazel", "pyproject.toml"])

    assert got == {"a/a.py": ["ruff", "black"], "a/BUILD.bazel": ["buildifier"]}
    assert (root / "a/a.py").read_text() == CLEAN
    assert (root / "a/BUILD.bazel").read_text() == BUILD


def test_clean_files_stay(root: Path, programs: Programs) -> None:
    assert mend(root, programs, ["a/a.py", "a/BUILD.bazel"]) == {}


def test_starlark_that_cannot_be_read_fails(root: Path, programs: Programs) -> None:
    put(root, "a/BUILD.bazel", "py_library(\n")

    with pytest.raises(MendError, match=r"^buildifier failed \(exit 1\):\n"):
        mend(root, programs, ["a/BUILD.bazel"])


def test_settings_that_cannot_be_read_fail(root: Path, programs: Programs) -> None:
    put(root, "pyproject.toml", "[tool\n")

    with pytest.raises(MendError, match=r"^ruff failed \(exit 2\):\n"):
        mend(root, programs, ["a/a.py"])


def test_command_mends_what_is_touched_and_then_the_imports(
    bazel: FakeBazel, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "a/a.py", CLEAN.replace("1", "'one'"))

    assert fix(programs) == 0
    assert capsys.readouterr().out == (
        "fixed a/a.py: black\n1 of 1 files changed.\nNo deps to fix.\n"
    )
    assert bazel.asked()[-1] == "//a:all"


def test_all_mends_every_file(
    bazel: FakeBazel, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fix(programs, "--all") == 0
    assert capsys.readouterr().out == "0 of 2 files changed.\nNo deps to fix.\n"
    assert bazel.asked()[-1] == "//..."


def test_command_without_a_file_to_mend_asks_no_bazel(
    bazel: FakeBazel, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "notes.md", "new\n")

    assert fix(programs) == 0
    assert capsys.readouterr().out == (
        "Nothing to fix: no Python or Starlark file is touched.\n"
    )
    assert bazel.asked() == []


def test_program_that_fails_ends_the_command(
    bazel: FakeBazel, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "a/BUILD.bazel", "py_library(\n")

    assert fix(programs) == 2
    assert capsys.readouterr().err.startswith("buildifier failed (exit 1):\n")
    assert bazel.asked() == []


def test_program_outside_bazel_run_fails(
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    assert fix(programs) == 2
    assert "start it by bazel run" in capsys.readouterr().err


def test_python_that_cannot_be_read_fails(root: Path, programs: Programs) -> None:
    put(root, "a/a.py", "def f(:\n")

    with pytest.raises(MendError, match=r"^black can't format a/a\.py\.\n"):
        mend(root, programs, ["a/a.py"])


def test_path_that_names_no_file_fails(
    bazel: FakeBazel, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fix(programs, "a", "a/typo.py", "b/") == 2
    assert capsys.readouterr().err == (
        "a/typo.py, b/: git knows no such file or folder.\n"
        "Fix: name files and folders from the root.\n"
    )
    assert bazel.asked() == []
