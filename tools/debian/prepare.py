"""Prepares the Debian line's root, once per recipe, or renews its certificates.

Invoked by tools/debian/bazel, which holds a lock, as:
  python3 -B -m tools.debian.prepare FOLDER
FOLDER appears when all in it is done, and not before. Runs on the host's own Python
(3.10 or newer) with the standard library only.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tools.debian.root import bootstrap, finish, namespaces, recipe
from tools.debian.root.problems import PreparationError
from tools.debian.root.progress import STEPS, Progress

_UNUSED_SECONDS = 30 * 24 * 3600


def main(argv: Sequence[str] | None = None) -> int:
    """Make the root that the arguments name, and return the exit status."""
    parser = argparse.ArgumentParser(description="Prepares the Debian line's root.")
    parser.add_argument("folder", type=Path, help="the folder to make")
    base: Path = parser.parse_args(argv).folder
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    unfinished = base.with_name(f"{base.name}.tmp")
    try:
        if base.is_dir():
            finish.write_trust_store(base)
        else:
            _prepare(base, unfinished)
    except PreparationError as error:
        _say(str(error))
        discard(unfinished)
        return 2
    except KeyboardInterrupt:
        _say("interrupted; clearing up. Run it again at any time.")
        discard(unfinished)
        return 130
    return 0


def check_room(folder: Path, wanted: int) -> None:
    """Raise PreparationError if the folder's disk has less than the bytes wanted."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise PreparationError(
            f"not enough room in {folder} for the Debian root.",
            f"found {free >> 20} MB free, wanted {wanted >> 20} MB.",
            "free some, or point XDG_CACHE_HOME at a folder on a larger disk.",
        )


def discard(folder: Path) -> None:
    """Remove a root, never crossing into a file system that is mounted in it."""
    if folder.exists():
        # Some files may belong to ids that only the namespace's root acts for.
        prefix = [] if os.geteuid() == 0 else namespaces.command(os.geteuid())
        command = ["rm", "-rf", "--one-file-system", "--", str(folder)]
        subprocess.run([*prefix, *command], check=True)


def unused_roots(base: Path, now: float) -> list[Path]:
    """Return the roots beside `base` that no call has used for a month."""
    marks = base.parent.glob("debian-*/used")
    return sorted(
        mark.parent
        for mark in marks
        if mark.parent != base and now - mark.stat().st_mtime > _UNUSED_SECONDS
    )


def _prepare(base: Path, unfinished: Path) -> None:
    namespaces.check()
    discard(unfinished)
    check_room(base.parent, recipe.ROOM)
    _say(
        f"preparing Debian's Bazel in {base}\n"
        f"once, in a few minutes and {recipe.ROOM >> 30} GB;"
        " Ctrl-C and another call do no harm"
    )
    progress = Progress(total=len(STEPS) + 1)
    unfinished.mkdir(parents=True)
    bootstrap.build(unfinished / "root", base.with_name("prepare.log"), progress)
    progress.step("recording packages and certificates")
    for warning in finish.finish(unfinished):
        progress.note(warning)
    unfinished.rename(base)
    progress.note("ready")
    for root in unused_roots(base, time.time()):
        progress.note(f"removing {root.name}, unused for a month")
        discard(root)


def _say(text: str) -> None:
    for line in text.splitlines():
        print(f"bazelw: {line}", file=sys.stderr, flush=True)


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
