"""Tells by git which files differ from where a checkout left a commit, and how they were then."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.workspace.git import fork_of, git, git_bytes

# Scripts, and what is compiled.
_PROGRAMS = (b"#!", b"\x7fELF")


@dataclass(frozen=True, order=True)
class Change:
    """A file that differs, by its path from the root."""

    path: str
    # It is there on one side only: what lists files sees it come or go.
    comes_or_goes: bool


@dataclass(frozen=True)
class History:
    """A checkout, and the commit that it is compared with."""

    root: Path
    fork: str

    @classmethod
    def since(cls, root: Path, base: str) -> History:
        """Return the history since the checkout left a commit or branch.

        Raises:
            GitError: git knows none of that name, or they have nothing in common.
        """
        return cls(root, fork_of(root, base))

    def changes(self) -> list[Change]:
        """Return every file that differs, sorted; edits and files that git doesn't know yet count.

        A file that was renamed is one that goes and one that comes.
        """
        return sorted({*self._tracked(), *self._unknown()})

    def _tracked(self) -> Iterator[Change]:
        # A status, NUL, the path, NUL.
        fields = self._diff("--name-status")
        modes = set(self._modes())
        for status, path in zip(fields[::2], fields[1::2], strict=False):
            if status != "M" or path not in modes:
                yield Change(path, comes_or_goes=status in ("A", "D"))

    def _modes(self) -> Iterator[str]:
        """Yield the files of which only the mode may differ, and that nobody starts.

        Bazel knows no modes; but who starts a program by itself needs its mode.
        """
        for line in self._diff("--numstat"):
            # How many lines are new and gone, then the path.
            path = self.root / line.removeprefix("0\t0\t")
            if line.startswith("0\t0\t") and path.is_file():
                with path.open("rb") as file:
                    if not file.read(4).startswith(_PROGRAMS):
                        yield line.removeprefix("0\t0\t")

    def _diff(self, form: str) -> list[str]:
        options = (form, "--no-renames", "-z")
        return git(self.root, "diff", *options, self.fork, "--").split("\0")

    def _unknown(self) -> Iterator[Change]:
        options = ("--others", "--exclude-standard", "-z")
        for path in filter(None, git(self.root, "ls-files", *options).split("\0")):
            yield Change(path, comes_or_goes=True)

    def text_then(self, path: str) -> str | None:
        """Return what a file held, or None where there was none."""
        named = git(self.root, "ls-tree", "--name-only", self.fork, "--", path)
        shown = ("show", f"{self.fork}:{path}")
        return _text(git_bytes(self.root, *shown)) if named else None

    def is_there(self, path: str) -> bool:
        """Return whether there is a file now, be it a link."""
        return os.path.lexists(self.root / path)

    def text_now(self, path: str) -> str | None:
        """Return what a file holds, or None where there is none."""
        file = self.root / path
        return _text(file.read_bytes()) if file.is_file() else None


def _text(data: bytes) -> str:
    """Return what bytes say, and each byte of what isn't UTF-8: Bazel reads it."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
