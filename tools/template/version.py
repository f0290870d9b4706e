"""Which version of the template a repository stands on."""

from pathlib import Path

from tools.scaffold.projects import RefusedError
from tools.workspace.git import git

# Holds a tag of the template, or a commit.
RECORD = ".template-version"


def refuse_changes(root: Path) -> None:
    """Refuse a work tree whose changes git couldn't tell from those made here.

    Raises:
      RefusedError: there are changes.
    """
    if git(root, "status", "--porcelain"):
        raise RefusedError(
            "The work tree has changes, which git couldn't tell from those made here.\n"
            "Fix: commit or stash them."
        )


def version(root: Path) -> str:
    """Return the version of the template that HEAD is: its tag, or else its commit."""
    options = ("--tags", "--always", "--abbrev=40", "--match=v[0-9]*")
    return git(root, "describe", *options).strip()
