"""Tests of what git tells of a checkout, with real git."""

from pathlib import Path

import pytest

from tools.graph.affected.changes import Change, History
from tools.graph.affected.tests.repository import Repository
from tools.workspace.git import GitError


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def coming(path: str) -> Change:
    return Change(path, comes_or_goes=True)


def edited(path: str) -> Change:
    return Change(path, comes_or_goes=False)


def test_edits_and_new_and_gone_files_are_told(repository: Repository) -> None:
    for path in ("edited", "gone", "kept", "staged"):
        repository.write(path, "1")
    repository.write(".gitignore", "ignored\n")
    repository.commit()
    repository.write("edited", "2")
    repository.write("staged", "2")
    repository.git("add", "staged")
    (repository.root / "gone").unlink()
    repository.write("new file")
    repository.write("ignored")

    assert History.since(repository.root, "HEAD").changes() == [
        edited("edited"),
        coming("gone"),
        coming("new file"),
        edited("staged"),
    ]


def test_mode_counts_for_what_is_started_alone(repository: Repository) -> None:
    for path, text in {"script": "#!/bin/sh\n", "text": "a\n", "both": "a\n"}.items():
        repository.write(path, text)
    repository.commit()
    repository.write("both", "b\n")
    for path in ("script", "text", "both"):
        (repository.root / path).chmod(0o755)

    changes = History.since(repository.root, "HEAD").changes()

    assert changes == [edited("both"), edited("script")]


def test_renamed_file_goes_and_comes(repository: Repository) -> None:
    repository.write("old", "the same text\n" * 9)
    repository.commit()
    repository.git("mv", "old", "new")

    changes = History.since(repository.root, "HEAD").changes()

    assert changes == [coming("new"), coming("old")]


def test_base_is_where_the_checkout_left_it(repository: Repository) -> None:
    repository.write("shared")
    repository.commit()
    repository.git("checkout", "--quiet", "-b", "work")
    repository.write("mine")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.write("theirs")
    repository.commit()
    repository.git("checkout", "--quiet", "work")

    assert History.since(repository.root, "main").changes() == [coming("mine")]


def test_a_file_is_known_as_it_was_and_as_it_is(repository: Repository) -> None:
    repository.write("a", "then")
    repository.write("gone", "then")
    repository.commit()
    repository.write("a", "now")
    repository.write("new", "now")
    (repository.root / "gone").unlink()
    history = History.since(repository.root, "HEAD")
    paths = ("a", "new", "gone")

    got = [(history.text_then(path), history.text_now(path)) for path in paths]

    assert got == [("then", "now"), (None, "now"), ("then", None)]
    assert [history.is_there(path) for path in paths] == [True, True, False]


def test_link_to_nothing_is_there(repository: Repository) -> None:
    repository.write("a")
    repository.commit()
    (repository.root / "link").symlink_to("nothing")

    assert History.since(repository.root, "HEAD").is_there("link")


def test_unknown_base_says_how_to_get_it(repository: Repository) -> None:
    repository.write("a")
    repository.commit()

    with pytest.raises(GitError, match="Fix: name a commit or branch that is in"):
        History.since(repository.root, "origin/main")


def test_option_is_no_base(repository: Repository) -> None:
    with pytest.raises(GitError, match='"--all" is an option, wanted a commit'):
        History.since(repository.root, "--all")
