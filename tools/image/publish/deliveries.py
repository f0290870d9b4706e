"""What the tags of a repository tell of its deliveries: each has the name of its commit."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.workspace.git import GitError, git, is_shallow


@dataclass(frozen=True)
class Deliveries:
    """The commits around the one that is delivered."""

    before: tuple[str, ...]
    """It, and those that it is made from, the latest first."""
    after: frozenset[str]
    """Those that are made from it."""

    @classmethod
    def around(cls, root: Path) -> Self:
        """Return those around a checkout's commit.

        Raises:
          GitError: the clone doesn't know them all.
        """
        if is_shallow(root):
            raise GitError(
                "This clone is shallow, and can't say which of two deliveries is the later one.\n"
                "Fix: git fetch --unshallow"
            )
        before = git(root, "rev-list", "--topo-order", "HEAD").split()
        after = git(root, "rev-list", "--ancestry-path", "--all", "^HEAD").split()
        return cls(tuple(before), frozenset(after))

    def last(self, tags: Collection[str]) -> str:
        """Return the last commit up to this one that is among tags, or nothing."""
        return next((commit for commit in self.before if commit in tags), "")

    def is_late(self, tags: Collection[str]) -> bool:
        """Return whether a later commit is among tags."""
        return not self.after.isdisjoint(tags)
