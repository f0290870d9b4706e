"""Asks git about a checkout and the commits that it came from."""

import subprocess
from pathlib import Path


class HistoryError(Exception):
    """git can't say what is asked."""


def git(root: Path, *arguments: str) -> str:
    """Return what git prints, whoever owns the checkout.

    Raises:
        HistoryError: it fails; the text says how to get a commit that is missing.
    """
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(root), *arguments],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        found = done.stderr.decode(errors="replace").strip() or "nothing in common"
        raise HistoryError(
            f"git {' '.join(arguments)}: {found}\n"
            "Fix: name a commit or branch that is in this clone (git fetch gets it)."
        )
    return done.stdout.decode(errors="surrogateescape")


def fork_of(root: Path, base: str) -> str:
    """Return the commit where a checkout left a commit or branch.

    Raises:
        HistoryError: git knows none of that name, or they have nothing in common.
    """
    if base.startswith("-"):
        raise HistoryError(f'"{base}" is an option, wanted a commit or branch.')
    return git(root, "merge-base", base, "HEAD").strip()
