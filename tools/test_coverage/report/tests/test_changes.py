"""Tests of what a change touches, with real git."""

import os
import subprocess
from pathlib import Path

import pytest

from tools.test_coverage.data.file_coverage import Branch, FileCoverage
from tools.test_coverage.data.totals import Share
from tools.test_coverage.report.changes import (
    changed_lines,
    diff_coverage,
    parse_diff,
)
from tools.workspace.git import GitError

TEN = "".join(f"line_{number} = {number}\n" for number in range(1, 11))


class Repository:
    """A repository with one file, and a branch to compare with."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("libs/a.py", TEN)
        self.commit()
        self.git("checkout", "--quiet", "-b", "work")

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=n", "-c", "user.email=e@localhost"]
        command = ["git", *who, "-c", "safe.directory=*", *arguments]
        environ = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}
        subprocess.run(command, cwd=self.root, check=True, env=environ, timeout=30)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=m")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_edited_and_added_lines_are_found(repository: Repository) -> None:
    repository.write("libs/a.py", TEN.replace("line_3 = 3\n", "three = 3\nmore = 4\n"))
    repository.write("libs/new.py", "a = 1\nb = 2\n")
    repository.commit()

    assert changed_lines(repository.root, "main") == {
        "libs/a.py": {3, 4},
        "libs/new.py": {1, 2},
    }


def test_uncommitted_and_unknown_files_count(repository: Repository) -> None:
    repository.write("libs/a.py", TEN + "more = 11\n")
    repository.write("libs/unknown.py", "a = 1\n")

    assert changed_lines(repository.root, "main") == {
        "libs/a.py": {11},
        "libs/unknown.py": {1},
    }


def test_renamed_file_counts_for_its_edits_only(repository: Repository) -> None:
    repository.git("mv", "libs/a.py", "libs/renamed.py")
    repository.write("libs/renamed.py", TEN.replace("line_3 = 3", "three = 3"))
    repository.commit()

    assert changed_lines(repository.root, "main") == {"libs/renamed.py": {3}}


def test_work_of_others_on_the_base_does_not_count(repository: Repository) -> None:
    repository.write("libs/a.py", TEN + "mine = 11\n")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.write("libs/other.py", "theirs = 1\n")
    repository.commit()
    repository.git("checkout", "--quiet", "work")

    assert changed_lines(repository.root, "main") == {"libs/a.py": {11}}


def test_removed_lines_and_files_do_not_count(repository: Repository) -> None:
    repository.write("libs/a.py", TEN.replace("line_3 = 3\n", ""))
    repository.commit()

    assert changed_lines(repository.root, "main") == {}


def test_special_names_and_missing_end_of_line(repository: Repository) -> None:
    names = ["libs/with space.py", 'libs/qu"ote.py', "libs/ümlaut.py", "libs/tab\t.py"]
    for name in names:
        repository.write(name, "a = 1")
    repository.commit()

    assert changed_lines(repository.root, "main") == {name: {1} for name in names}


def test_lines_that_look_like_headers_are_lines(repository: Repository) -> None:
    text = '"""\n++ b/fake.py\n@@ -1 +50 @@\n-- a/x\n"""\n'
    repository.write("libs/a.py", text)
    repository.commit()

    assert changed_lines(repository.root, "main") == {"libs/a.py": {1, 2, 3, 4, 5}}


def test_unknown_base_is_named(repository: Repository) -> None:
    with pytest.raises(GitError, match=r"(?s)nowhere.*Fix: name a commit"):
        changed_lines(repository.root, "nowhere")


def test_base_is_no_option(repository: Repository) -> None:
    with pytest.raises(GitError, match='"--output=x" is an option'):
        changed_lines(repository.root, "--output=x")


def test_diff_of_nothing_is_empty() -> None:
    assert parse_diff("") == {}


def test_only_lines_that_can_run_are_counted() -> None:
    report = {
        "a.py": FileCoverage(
            {1: 1, 3: 0, 5: 1},
            {Branch(3, 0, 4): 0, Branch(5, 0, 6): 1, Branch(5, 0, 0): 0},
        ),
        "b.py": FileCoverage({1: 1}),
    }
    changes = {
        "a.py": frozenset({2, 3, 5}),
        "b.py": frozenset({9}),
        "c.py": frozenset({1}),
    }

    got = diff_coverage(report, changes, "main")

    assert got.files.keys() == {"a.py"}
    assert got.totals.lines == Share(1, 2)
    assert got.totals.branches == Share(1, 3)
