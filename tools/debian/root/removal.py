"""Removes what a root's own users own."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools.debian.root import namespaces


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders, never crossing into a file system mounted there."""
    present = [str(path) for path in paths if path.is_symlink() or path.exists()]
    if not present:
        return
    # Some belong to ids that only the root of a namespace acts for.
    prefix = [] if os.geteuid() == 0 else namespaces.command(os.geteuid())
    command = [*prefix, "rm", "-rf", "--one-file-system", "--", *present]
    subprocess.run(command, check=True)
