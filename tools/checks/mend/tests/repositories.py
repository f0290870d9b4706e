"""Repositories to try things in."""

import subprocess
from pathlib import Path


def git(root: Path, *arguments: str, check: bool = True) -> int:
    """Run git as somebody and return its exit code, which is to be 0 if it is checked."""
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=root, check=check).returncode
