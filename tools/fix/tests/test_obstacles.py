"""Tests of what can't be read or written: one line each, and nothing else is stopped."""

from pathlib import Path

import pytest

from tools.fix import fix
from tools.fix.tests.repositories import Repository, git

LONG = "A = (1 )\n"
SHORT = "A = 1\n"
BUILD = "libs/bad/BUILD.bazel"


@pytest.fixture
def beside(repository: Repository) -> Repository:
    """Return a repository with a source that can be fixed, and settings of black's."""
    settings = repository.read("pyproject.toml")
    target = "[tool.black]\ntarget-version = ['py314']\n"
    repository.write({"pyproject.toml": settings + target, "libs/good/a.py": LONG})
    return repository


def expect(
    repository: Repository, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    """Fix; see that one line is said, and that the source beside got fixed."""
    assert repository.fix() == 1
    assert capsys.readouterr().err == f"{said}\n"
    assert repository.read("libs/good/a.py") == SHORT
    assert 'srcs = ["a.py"]' in repository.build("libs/good")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"def f(:\n", ":1:6: black can't read it: correct the syntax."),
        (b"<<<<<<< HEAD\n", ":1:0: black can't read it: correct the syntax."),
        (b"A = 1\0\n", ":1: holds a null byte, which Python refuses: take it out."),
        (
            b'A = 1\nB = "\xe9"\n',
            ":2: holds the byte 0xe9, which is not UTF-8: save it as UTF-8; a Python "
            "source may also name its encoding in its first line: "
            "# -*- coding: latin-1 -*-",
        ),
    ],
)
def test_source_that_is_no_python_gets_its_target(
    beside: Repository, capsys: pytest.CaptureFixture[str], data: bytes, said: str
) -> None:
    beside.write({"libs/bad/a.py": ""})
    (beside.root / "libs/bad/a.py").write_bytes(data)

    expect(beside, capsys, f"libs/bad/a.py{said}")

    assert (beside.root / "libs/bad/a.py").read_bytes() == data
    assert 'srcs = ["a.py"]' in beside.build("libs/bad")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b"py_library(\n    name = ,\n)\n",
            ":2: is not Starlark: expected argument value expression: correct it, then "
            "fix again.",
        ),
        # Python reads this, and buildifier doesn't.
        (
            b'A = f"b"\n',
            ':1:9: syntax error near "b": correct it, then fix again.',
        ),
        (
            b'# caf\xe9\nfilegroup(\n    name = "x",\n)\n',
            ": it is not UTF-8: save it so, then fix again.",
        ),
    ],
)
def test_build_file_that_cannot_be_read_stays_as_it_is(
    beside: Repository, capsys: pytest.CaptureFixture[str], data: bytes, said: str
) -> None:
    beside.write({"libs/bad/a.py": SHORT, BUILD: ""})
    (beside.root / BUILD).write_bytes(data)

    expect(beside, capsys, f"{BUILD}{said}")

    assert (beside.root / BUILD).read_bytes() == data


@pytest.mark.parametrize("name", ["a.py", "BUILD.bazel"])
def test_file_that_nobody_may_read_stays_as_it_is(
    beside: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    path = f"libs/bad/{name}"
    beside.write({"libs/bad/a.py": "A = 'old'\n", BUILD: "A = 'old'\n"})
    # What root may not read isn't easily made.
    monkeypatch.setattr("os.access", lambda file, _: file != beside.root / path)

    expect(
        beside,
        capsys,
        f"{path}: you may not read it: change that (chmod), then fix again.",
    )

    assert beside.read(path) == "A = 'old'\n"


def test_deps_of_a_target_stay_while_a_source_cannot_be_read(
    beside: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside.write({"libs/bad/a.py": SHORT, "libs/bad/b.py": "import yaml\n\nA = yaml\n"})
    beside.fix()
    before = beside.read(BUILD)
    closed = beside.root / "libs/bad/b.py"
    monkeypatch.setattr("os.access", lambda file, _: file != closed)

    assert beside.fix() == 1
    assert beside.read(BUILD) == before
    assert "@pip//pyyaml" in before


def test_build_file_of_the_other_name_is_not_shadowed(
    beside: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    beside.write({"libs/bad/a.py": SHORT, "libs/bad/BUILD": ""})

    expect(
        beside,
        capsys,
        "libs/bad/BUILD: only BUILD.bazel is read here: rename it, then fix again.",
    )

    assert not (beside.root / BUILD).exists()


def test_folder_that_is_named_as_a_build_file_is_in_the_way(
    beside: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    beside.write({f"{BUILD}/a.py": SHORT})

    expect(
        beside,
        capsys,
        f"{BUILD}/BUILD.bazel: a folder is named as a BUILD file is: rename it.",
    )


def test_build_file_that_cannot_be_written_is_named(
    beside: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    beside.write({"libs/bad/a.py": SHORT, "libs/bad/.BUILD.bazel.half/x": ""})

    expect(beside, capsys, f"{BUILD}: can't be written: Is a directory: change that.")


def test_what_a_link_leads_to_is_not_rewritten(
    beside: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "a.py"
    other.write_text(LONG)
    beside.write({"libs/bad/b.py": SHORT})
    (beside.root / "libs/bad/a.py").symlink_to(other)
    (beside.root / "libs/bad/loop.py").symlink_to("loop.py")
    (beside.root / "libs/bad/again").symlink_to("../bad")

    assert beside.fix() == 0
    assert other.read_text() == LONG
    assert '"a.py",\n        "b.py",\n    ],\n' in beside.build("libs/bad")


def test_repository_in_the_repository_is_named(
    beside: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    beside.write({"libs/bad/a.py": LONG})
    git(beside.root / "libs/bad", "init", "--quiet")

    expect(
        beside,
        capsys,
        "libs/bad: is a git repository of its own, and nothing in it is looked at: take "
        "its .git away, or name the folder in .bazelignore.",
    )


def test_command_that_is_stopped_leaves_no_half_of_a_file(
    beside: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = 'filegroup(\n    name = "x",\n)\n'
    beside.write({"libs/bad/a.py": SHORT, BUILD: text})

    def stop(_: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fix.Path, "replace", stop)

    assert beside.fix() == 130
    assert beside.read(BUILD) == text
    assert sorted(p.name for p in (beside.root / "libs/bad").iterdir()) == [
        "BUILD.bazel",
        "a.py",
    ]
    assert capsys.readouterr().err == "Interrupted. Run it again at any time.\n"
