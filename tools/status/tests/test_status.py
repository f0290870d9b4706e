"""Tests of the status, in real checkouts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path("tools/status/status")


class Checkout:
    """A checkout that has the program."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "tools" / "status").mkdir(parents=True)
        # Not the link that it is in the runfiles.
        shutil.copy(PROGRAM, root / "tools" / "status" / "status")
        self.environ = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}
        # No repository above the scratch folder counts.
        self.environ["GIT_CEILING_DIRECTORIES"] = str(root.parent)

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=n", "-c", "user.email=e@localhost"]
        return subprocess.run(
            ["git", *who, *arguments],
            cwd=self.root,
            env=self.environ,
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        ).stdout.strip()

    def commit(self) -> None:
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=m")

    def status(self, *arguments: str) -> dict[str, str]:
        done = subprocess.run(
            ["tools/status/status", *arguments],
            cwd=self.root,
            env=self.environ,
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.stderr == ""
        return dict(line.split(" ", 1) for line in done.stdout.splitlines())


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_clean_checkout_tells_its_commit_and_branch(checkout: Checkout) -> None:
    checkout.commit()

    assert checkout.status() == {
        "GIT_BRANCH": "main",
        "GIT_COMMIT_TIME": checkout.git("log", "-1", "--format=%ct"),
        "STABLE_GIT_COMMIT": checkout.git("rev-parse", "HEAD"),
        "STABLE_GIT_DIRTY": "false",
    }


@pytest.mark.parametrize("path", ["tools/status/status", "new.txt"])
def test_edited_or_new_file_makes_it_dirty(checkout: Checkout, path: str) -> None:
    checkout.commit()
    with (checkout.root / path).open("a") as file:
        file.write("# more\n")

    assert checkout.status()["STABLE_GIT_DIRTY"] == "true"


def test_coverage_alone_has_a_key_that_changes(checkout: Checkout) -> None:
    checkout.commit()

    first, second = checkout.status("coverage"), checkout.status("coverage")

    assert first["STABLE_COVERAGE"] != second["STABLE_COVERAGE"]
    assert "STABLE_COVERAGE" not in checkout.status()


def test_git_index_is_left_as_it_is(checkout: Checkout) -> None:
    checkout.commit()
    index = checkout.root / ".git" / "index"
    # A file that looks edited makes git refresh its index, where it may.
    os.utime(checkout.root / "tools/status/status", (1, 1))
    before = (index.read_bytes(), index.stat().st_mtime_ns)

    checkout.status()

    assert (index.read_bytes(), index.stat().st_mtime_ns) == before


@pytest.mark.parametrize("is_repository", [True, False])
def test_without_a_commit_it_is_unknown(
    checkout: Checkout, *, is_repository: bool
) -> None:
    if is_repository:
        checkout.git("init", "--quiet")

    assert checkout.status() == {
        "STABLE_GIT_COMMIT": "unknown",
        "STABLE_GIT_DIRTY": "true",
    }


def test_user_adds_keys(checkout: Checkout) -> None:
    more = checkout.root / "tools" / "status" / "more"
    more.write_text('#!/bin/sh\necho "STABLE_PIPELINE 7-$1"\n')
    more.chmod(0o755)
    checkout.commit()

    assert checkout.status("coverage")["STABLE_PIPELINE"] == "7-coverage"


def test_failure_of_the_users_program_is_one(checkout: Checkout) -> None:
    more = checkout.root / "tools" / "status" / "more"
    more.write_text("#!/bin/sh\nexit 3\n")
    more.chmod(0o755)

    with pytest.raises(subprocess.CalledProcessError):
        checkout.status()
