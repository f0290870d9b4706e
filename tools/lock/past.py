"""Reads the lock as the last commits had it, for where there is none to read now."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tools.lock.pins import LOCK, read_text
from tools.workspace.git import GitError, git, git_bytes

COMMITS = 5


def lock_texts(root: Path) -> Iterator[str]:
    """Yield the lock as it is, then as the last commits had it."""
    yield read_text(root / LOCK)
    options = (f"-n{COMMITS}", "--format=%H")
    try:
        commits = git(root, "log", *options, "--", LOCK).split()
    except GitError:
        # No repository, or no commit yet.
        return
    for commit in commits:
        # The commit that took the lock away has none.
        with suppress(GitError):
            shown = git_bytes(root, "show", f"{commit}:{LOCK}")
            yield shown.decode("utf-8-sig", errors="replace")
