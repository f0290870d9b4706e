"""Builds a Debian root by mmdebstrap, in namespaces that die with this program."""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from tools.debian.root import apt, recipe
from tools.debian.root.problems import PreparationError
from tools.debian.root.progress import Progress

# mmdebstrap's own words, and ours for each.
STEPS = {
    "running apt-get update": "fetching the package lists",
    "downloading packages": "downloading the packages",
    "extracting archives": "unpacking the base system",
    "installing essential": "installing the base system",
    "installing remaining": "installing Bazel, Python and the host tools",
}
_HEARTBEAT_SECONDS = 20.0
_MESSAGE_LINES = 8


def namespaces() -> list[str]:
    """Return the command that runs another in namespaces of its own.

    Mounts made there never reach the host, and its processes end with the command's. An ordinary
    user is root there: files of root's become the user's own.
    """
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        command[1:1] = ["--user", "--map-root-user", "--map-auto"]
    return command


def bootstrap_command(root: Path, mirror: str | None) -> list[str]:
    """Return mmdebstrap's command line for the recipe."""
    options = [*apt.host_options(), f'APT::Default-Release "{recipe.SUITE}";']
    command = ["mmdebstrap", "--mode=root", "--variant=apt", "--format=directory"]
    command += ["--skip=cleanup/apt/lists"]
    command += [f"--aptopt={option}" for option in options]
    # Passwords of the host's mirror; they are removed when the root is finished.
    command += ['--setup-hook=cp -rL /etc/apt/auth.conf* "$1/etc/apt/" 2>/dev/null || true']
    command += [f"--include={','.join(recipe.read_packages())}", recipe.SUITE, str(root)]
    if mirror:
        suites = (recipe.SUITE, recipe.FALLBACK_SUITE)
        command += [f"deb {mirror} {suite} main" for suite in suites]
    return command


def build(root: Path, progress: Progress) -> None:
    """Make the root folder, telling each step.

    Raises:
      PreparationError: if mmdebstrap fails, with its own last words.
    """
    command = [*namespaces(), *bootstrap_command(root, apt.host_mirror())]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said = _follow(process, progress)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
    if status != 0:
        raise PreparationError(
            f"the Debian root could not be made: mmdebstrap ended with {status}.",
            "found: " + " / ".join(said[-_MESSAGE_LINES:]),
            "see that apt reaches its mirror (apt-get update), then run ./bazelw again;"
            " nothing half-made is kept.",
        )


def _follow(process: "subprocess.Popen[str]", progress: Progress) -> list[str]:
    said: list[str] = []
    for line in _lines_or_pauses(process):
        if line is None:
            progress.note("still at it")
            continue
        said.append(line)
        for words, step in STEPS.items():
            if line.startswith("I: ") and words in line:
                progress.step(step)
    return said


def _lines_or_pauses(process: "subprocess.Popen[str]") -> Iterator[str | None]:
    """Yield each line of the process, and None for each long silence."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line.strip())
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=_HEARTBEAT_SECONDS)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line
