"""Reads the lock as the last commits had it, for where there is none to read now."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.lock.pins import LOCK, read_text

COMMITS = 5


def lock_texts(root: Path) -> Iterator[str]:
    """Yield the lock as it is, then as the last commits had it."""
    yield read_text(root / LOCK)
    git = ["git", "-c", "safe.directory=*", "-C", str(root)]
    log = [*git, "log", f"-n{COMMITS}", "--format=%H", "--", LOCK]
    try:
        commits = subprocess.run(log, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return
    for commit in commits.stdout.split():
        show = [*git, "show", f"{commit}:{LOCK}"]
        shown = subprocess.run(show, capture_output=True, check=False)
        yield shown.stdout.decode("utf-8-sig", errors="replace")
