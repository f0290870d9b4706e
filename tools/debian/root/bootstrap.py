"""Makes a Debian root by mmdebstrap."""

import os
import re
import signal
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from tools.debian.root import apt, namespaces, recipe
from tools.debian.root.problems import PreparationError
from tools.debian.root.progress import Progress, follow, lines_or_pauses

# Nothing in a build reads these; licences stay. Manual pages do too: packages fail to
# install where an alternative of theirs is missing.
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/locale/*")
_KEPT = "/usr/share/doc/*/copyright"
# Passwords of the host's mirror. They are removed when the root is finished.
_COPY_PASSWORDS = 'cp -rL /etc/apt/auth.conf* "$1/etc/apt/" 2>/dev/null || true'
_ERROR = re.compile(r"E: |W: Failed|dpkg: error|\S+: error: |.*No space left")
_LINES, _WIDTH = 6, 300


def command(root: Path, mirror: str | None, host_options: list[str]) -> list[str]:
    """Return mmdebstrap's command line for the recipe."""
    apt_options = [*host_options, f'APT::Default-Release "{recipe.SUITE}";']
    dpkg_options = [f"path-exclude={path}" for path in _LEFT_OUT]
    # An unfinished root is never used: no file needs to be on the disk before that.
    dpkg_options += [f"path-include={_KEPT}", "force-unsafe-io"]
    sources = [
        f"deb {mirror} {suite} main" for suite in (recipe.SUITE, recipe.FALLBACK_SUITE)
    ]
    return [
        *(
            "mmdebstrap",
            "--mode=root",
            "--variant=apt",
            "--format=directory",
            "--verbose",
        ),
        "--skip=cleanup/apt/lists",
        *(f"--aptopt={option}" for option in apt_options),
        *(f"--dpkgopt={option}" for option in dpkg_options),
        f"--setup-hook={_COPY_PASSWORDS}",
        f"--include={','.join(recipe.read_packages())}",
        recipe.SUITE,
        str(root),
        *(sources if mirror else []),
    ]


def build(root: Path, log: Path, progress: Progress) -> None:
    """Make the root folder, telling each step.

    Raises:
      PreparationError: if mmdebstrap fails, with its own last words.
    """
    prefix = namespaces.command(os.geteuid())
    process = subprocess.Popen(
        [*prefix, *command(root, apt.host_mirror(), apt.host_options())],
        env={**os.environ, "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        with log.open("w", encoding="utf-8") as file:
            follow(lines_or_pauses(_copied(process.stdout or (), file)), progress)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
    if status != 0:
        raise failure(log)


def failure(log: Path) -> PreparationError:
    """Return what to tell of a run of mmdebstrap that failed, from its log."""
    lines = log.read_text("utf-8").splitlines()
    errors = [line for line in lines if _ERROR.match(line)]
    told = list(dict.fromkeys(errors or lines))[:_LINES]
    words = "\n  ".join(line[:_WIDTH] for line in told)
    return PreparationError(
        "the Debian root could not be made.",
        f"found these errors (all of it: {log}), wanted none:\n  {words}",
        "see that `apt-get update` works here and that the disk has room, then run this"
        " again; nothing half-made is kept.",
    )


def _copied(stream: Iterable[str], file: TextIO) -> Iterator[str]:
    for line in stream:
        file.write(line)
        yield line
