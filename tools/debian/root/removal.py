"""Removes what a root's own users own."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools.debian.root import namespaces


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders, never crossing into a file system mounted there."""
    rm: tuple[str, ...] = ("rm", "-rf", "--one-file-system", "--")
    present = _present(paths)
    if present and os.geteuid():
        # What isn't the user's own is told by what this leaves, and not everybody may make such a namespace.
        subprocess.run([*rm, *present], stderr=subprocess.DEVNULL, check=False)
        present = _present(present)
        # The rest belongs to ids that only the root of one acts for.
        rm = (*namespaces.command(os.geteuid()), *rm)
    if present:
        subprocess.run([*rm, *present], check=True)


def _present(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.is_symlink() or path.exists()]
