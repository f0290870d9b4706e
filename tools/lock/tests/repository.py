"""A small repository whose lock a test updates."""

import subprocess
from pathlib import Path

import pytest

from tools.lock import update
from tools.lock.pins import LOCK, read_text
from tools.lock.tests.index import Index

MODULE = 'pip.parse(hub_name = "pip", python_version = "3.14")\n'


class Repository:
    """A folder with requirements.in, and a network that the test makes."""

    def __init__(self, root: Path, index: Index) -> None:
        self.root, self.index = root, index
        self.write("MODULE.bazel", MODULE)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    @property
    def lock(self) -> str:
        return read_text(self.root / LOCK)

    @property
    def pins(self) -> list[str]:
        """The entries' first lines, as the file has them."""
        lines = self.lock.splitlines()
        return [line.removesuffix(" \\") for line in lines if line[:1].isalnum()]

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"]
        subprocess.run(
            ["git", "-C", self.root, *who, *arguments], check=True, timeout=30
        )

    def update(self, *arguments: str) -> int:
        return update.main(arguments)


def refused(repository: Repository, capsys: pytest.CaptureFixture[str]) -> str:
    """Update in vain, and return what was said."""
    repository.write(LOCK, "aaa==0.1\n")
    assert repository.update() == 1
    assert repository.lock == "aaa==0.1\n"
    return capsys.readouterr().err
