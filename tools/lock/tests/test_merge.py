"""Tests that locks of two branches merge by git, and that one update settles the rest."""

import subprocess

import pytest

from tools.lock.inputs import read_inputs
from tools.lock.pins import LOCK, read_pins
from tools.lock.seals import seal
from tools.lock.tests.repository import Repository

ATTRIBUTES = "requirements.in merge=union\nrequirements_lock.txt merge=union\n"


def commit(repository: Repository, inputs: str) -> None:
    repository.write("requirements.in", inputs)
    assert repository.update() == 0
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message", "x")


def is_solved(repository: Repository) -> bool:
    """Tell whether each entry is as the solver wrote it, and for what is asked now."""
    asked = read_inputs((repository.root / "requirements.in").read_text())
    pins = read_pins(repository.lock)
    names = [pin.name for pin in pins]
    return (
        len(names) == len(set(names))
        and {it.name for it in asked} <= set(names)
        and all(pin.seal == seal(pin, asked, "3.14") for pin in pins)
    )


@pytest.fixture
def branches(repository: Repository) -> Repository:
    """Give a repository with one commit, on the branch `main`."""
    for name in ("base", "kept", "main-one", "main-two", "other-one"):
        for version in ("1.0", "2.0", "3.0"):
            repository.index.add(name, version)
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.write(".gitattributes", ATTRIBUTES)
    commit(repository, "base==1.0\nkept\n")
    return repository


@pytest.mark.parametrize(
    ("ours", "theirs", "by_itself", "pins"),
    [
        (
            "base==1.0\nkept\nmain-one\n",
            "base==1.0\nkept\nother-one\n",
            True,
            ["base==1.0", "kept==3.0", "main-one==3.0", "other-one==3.0"],
        ),
        (
            "base==1.0\nkept\nmain-one\n",
            "base==1.0\nkept\nmain-two==2.0\n",
            True,
            ["base==1.0", "kept==3.0", "main-one==3.0", "main-two==2.0"],
        ),
        (
            "base==1.0\nkept\nmain-one\n",
            "base==1.0\nkept\nmain-one\n",
            True,
            ["base==1.0", "kept==3.0", "main-one==3.0"],
        ),
        (
            "base>=1.0\nkept\n",
            "base>=1.0,<3\nkept\n",
            False,
            ["base==1.0", "kept==3.0"],
        ),
        (
            "kept\n",
            "base==1.0\nkept\nother-one\n",
            True,
            ["kept==3.0", "other-one==3.0"],
        ),
    ],
    ids=["add-each", "add-neighbours", "add-same", "change-same", "remove"],
)
def test_branches_merge(
    branches: Repository, ours: str, theirs: str, by_itself: bool, pins: list[str]
) -> None:
    branches.git("switch", "--quiet", "--create", "theirs")
    commit(branches, theirs)
    branches.git("switch", "--quiet", "main")
    commit(branches, ours)

    branches.git("merge", "--quiet", "theirs")

    assert is_solved(branches) == by_itself
    assert branches.update() == 0
    assert branches.pins == pins
    assert is_solved(branches)


def test_without_the_attribute_an_update_settles_a_conflict(
    branches: Repository,
) -> None:
    branches.write(".gitattributes", "requirements.in merge=union\n")
    branches.git("switch", "--quiet", "--create", "theirs")
    commit(branches, "base==1.0\nkept\nmain-two==2.0\n")
    branches.git("switch", "--quiet", "main")
    branches.write(".gitattributes", "requirements.in merge=union\n")
    commit(branches, "base==1.0\nkept\nmain-one\n")

    with pytest.raises(subprocess.CalledProcessError):
        branches.git("merge", "--quiet", "theirs")

    assert "<<<<<<<" in (branches.root / LOCK).read_text()
    assert branches.update() == 0
    assert branches.pins == ["base==1.0", "kept==3.0", "main-one==3.0", "main-two==2.0"]
    assert is_solved(branches)
