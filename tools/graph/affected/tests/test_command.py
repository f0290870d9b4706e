"""Tests of the command, with real git and a Bazel that answers as it is told."""

from pathlib import Path

import pytest

from tools.graph.affected.__main__ import main
from tools.graph.affected.tests.repository import Repository, rule, source
from tools.schemas.check import checked
from tools.workspace.fake_bazel import FakeBazel

FILE = "libs/a/BUILD.bazel"
ANSWER = (
    rule("//libs/a:a", "py_library", f"{FILE}:1", "//libs/a:a.py")
    + rule("//libs/a:test_a", "py_test", f"{FILE}:2", "//libs/a:a")
    + rule("//libs/a:test_b", "py_test", f"{FILE}:3", "@pip//numpy:numpy")
    + rule("//libs/a:image", "oci_image", f"{FILE}:4", "//libs/a:a")
    + rule("//libs/a:push", "push", f"{FILE}:4", "//libs/a:image", tags="image-push")
    + rule(
        "//libs/a:b.push", "push", f"{FILE}:6", "//libs/a:a", tags="image-push manual"
    )
    + rule("//libs/a:hidden", "py_library", f"{FILE}:5", "//libs/a:a", tags="manual")
    + rule("@pip//numpy:numpy", "py_library", "/x/BUILD:1", "@pip//pydantic:pydantic")
    + source("//libs/a:BUILD.bazel")
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository with one library."""
    made = Repository(tmp_path)
    made.write(".gitignore", "answer\nasked\nbazelw\ncomplaint\nevents\nexit_code\n")
    made.write("libs/a/BUILD.bazel")
    made.write("libs/a/a.py")
    made.write("requirements_lock.txt", "pydantic==1 --hash=sha256:1\n")
    made.commit()
    return made


@pytest.fixture(autouse=True)
def bazel(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> FakeBazel:
    """Return the repository's Bazel."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(repository.root))
    bazel = FakeBazel(repository.root, answer=ANSWER)
    bazel.install()
    return bazel


@pytest.mark.parametrize(
    ("argv", "wanted"),
    [
        (
            "",
            [
                "//libs/a: 5 targets",
                "  push   //libs/a:b.push",
                "  image  //libs/a:image",
                "  push   //libs/a:push",
                "  test   //libs/a:test_a",
            ],
        ),
        (
            "--only targets",
            ["//libs/a", "//libs/a:image", "//libs/a:push", "//libs/a:test_a"],
        ),
        ("--only tests", ["//libs/a:test_a"]),
        ("--only images", ["//libs/a:image"]),
        ("--only pushes", ["//libs/a:b.push", "//libs/a:push"]),
        (
            "--only tests --explain",
            ["//libs/a:test_a -> //libs/a -> //libs/a:a.py -> libs/a/a.py"],
        ),
    ],
)
def test_labels_are_printed(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    argv: str,
    wanted: list[str],
) -> None:
    repository.write("libs/a/a.py", "A = 1\n")

    assert main(argv.split()) == 0
    assert capsys.readouterr().out.splitlines() == wanted


def test_counts_are_told_apart(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("libs/a/a.py", "A = 1\n")
    repository.write("README.md")

    main([])

    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("2 files differ from ")
    assert first.endswith("; no target's input: README.md.")
    assert second == (
        "affected: 1 of 2 tests, 1 of 1 images, 2 of 2 pushes, 4 of 5 targets, 4 of 5 checks."
    )


def test_pin_reaches_who_imports_it_through_another(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("requirements_lock.txt", "pydantic==2 --hash=sha256:1\n")

    assert main(["--explain"]) == 0
    assert capsys.readouterr().out == (
        "//libs/a:test_b -> @pip//numpy -> @pip//pydantic -> requirements_lock.txt\n"
    )


def test_everything_is_affected_by_what_all_stands_on(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("MODULE.bazel")

    assert main(["--explain", "--only", "images"]) == 0
    assert capsys.readouterr().out == "//libs/a:image -> MODULE.bazel\n"


def test_checks_that_change_are_listed_apart(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(".bazelrc", "build --aspects=//libs/a:defs.bzl%check\n")
    repository.write("libs/a/defs.bzl", "A = 1\n")
    repository.commit()
    repository.write("libs/a/defs.bzl", "A = 2\n")

    assert main(["--only", "tests"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["--only", "checks", "--explain"]) == 0
    got = capsys.readouterr()
    assert "//libs/a:test_b -> libs/a/defs.bzl" in got.out.splitlines()
    assert got.err.endswith(" 0 of 5 targets, 5 of 5 checks.\n")


def test_workspace_that_cannot_be_loaded_says_so(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel.exit_code, bazel.complaint = 7, "no such package\n"
    bazel.install()

    assert main([]) == 2
    told = capsys.readouterr().err
    assert told.startswith("bazel query '//...:* + @tree//:*' failed")
    assert "exit code 7:\nno such package\n" in told


def test_unknown_base_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", "nowhere"]) == 2
    assert "Fix: name a commit or branch" in capsys.readouterr().err


def test_targets_are_data_for_other_programs(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("libs/a/a.py", "A = 1\n")

    assert main(["--only", "images", "--format", "json"]) == 0
    assert checked("affected", capsys.readouterr().out) == {
        "version": 1,
        "targets": [
            {
                "label": "//libs/a:image",
                "path": ["//libs/a:image", "//libs/a", "//libs/a:a.py", "libs/a/a.py"],
            }
        ],
    }
