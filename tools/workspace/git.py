"""Calls git in a checkout, whoever owns it."""

import subprocess
from pathlib import Path

from tools.workspace.folder import WorkspaceError


class GitError(WorkspaceError):
    """git failed; the text says what it said."""


def git_bytes(root: Path, *arguments: str) -> bytes:
    """Return what git prints.

    Raises:
        GitError: it fails, or isn't there.
    """
    command = ["git", "-c", "safe.directory=*", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise GitError("found no git on the PATH.\nFix: install git.") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise GitError(
            f"git {' '.join(arguments)}: {said or f'exit code {done.returncode}'}"
        )
    return done.stdout


def git(root: Path, *arguments: str) -> str:
    """Return what git prints; what is no UTF-8 comes back as bytes by `surrogateescape`."""
    return git_bytes(root, *arguments).decode(errors="surrogateescape")


def git_paths(root: Path, command: str, *arguments: str) -> list[str]:
    """Return the paths that a command of git lists, sorted."""
    return sorted(set(filter(None, git(root, command, "-z", *arguments).split("\0"))))


def is_shallow(root: Path) -> bool:
    """Return whether a clone lacks commits that its own are made from."""
    return git(root, "rev-parse", "--is-shallow-repository").strip() == "true"


def fork_of(root: Path, base: str) -> str:
    """Return the commit where a checkout left a commit or branch.

    Raises:
        GitError: git knows none of that name, or they have nothing in common.
    """
    if base.startswith("-"):
        raise GitError(f'"{base}" is an option, wanted a commit or branch.')
    try:
        return git(root, "merge-base", base, "HEAD").strip()
    except GitError as error:
        fix = "name a commit or branch that is in this clone (git fetch gets it)."
        if is_shallow(root):
            fix = "git fetch --unshallow (this clone lacks the history)"
        raise GitError(f"{error}\nFix: {fix}") from None
