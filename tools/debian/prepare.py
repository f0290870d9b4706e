"""Prepares the private root of the Debian line, once per recipe.

Invoked by tools/debian/bazel as: python3 -B -m tools.debian.prepare --root FOLDER
FOLDER appears when everything in it is done, and not before. Runs on the host's own Python (3.10
or newer), with the standard library only.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tools.debian.root import build, finish, recipe
from tools.debian.root.problems import PreparationError
from tools.debian.root.progress import Progress


def main(argv: Sequence[str] | None = None) -> int:
    """Make the root that the arguments name, and return the exit status."""
    parser = argparse.ArgumentParser(description="Prepares the Debian line's root.")
    parser.add_argument("--root", type=Path, required=True, help="the folder to make")
    base: Path = parser.parse_args(argv).root
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    unfinished = base.with_name(f"{base.name}.tmp")
    try:
        _discard(unfinished)
        _check_room(base.parent)
        _prepare(base, unfinished)
    except PreparationError as error:
        print("\n".join(f"bazelw: {line}" for line in str(error).splitlines()), file=sys.stderr)
        _discard(unfinished)
        return 2
    except KeyboardInterrupt:
        print("bazelw: interrupted; clearing up. Run it again at any time.", file=sys.stderr)
        _discard(unfinished)
        return 130
    return 0


def _prepare(base: Path, unfinished: Path) -> None:
    progress = Progress(total=len(build.STEPS) + 1)
    print(
        f"bazelw: preparing Debian's Bazel in {base} (once; a few minutes, about"
        f" {recipe.ROOM >> 30} GB). Interrupt it as you like.",
        file=sys.stderr,
    )
    unfinished.mkdir(parents=True)
    build.build(unfinished / "root", progress)
    progress.step("recording packages and certificates")
    for warning in finish.finish(unfinished):
        progress.note(warning)
    unfinished.rename(base)
    progress.note("ready")


def _check_room(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < recipe.ROOM:
        raise PreparationError(
            f"not enough room in {folder} for the Debian root.",
            f"found {free >> 20} MB free, wanted {recipe.ROOM >> 20} MB.",
            "free some, or point XDG_CACHE_HOME at a folder on a larger disk.",
        )


def _discard(folder: Path) -> None:
    """Remove what an interrupted call left, never crossing into a mounted file system."""
    if folder.exists():
        command = ["rm", "-rf", "--one-file-system", "--", str(folder)]
        prefix = [] if os.geteuid() == 0 else build.namespaces()
        subprocess.run([*prefix, *command], check=True)


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
