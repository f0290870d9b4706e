"""Boots an unpacked image under bubblewrap, with no Docker and no rights.

As a container runtime does it: only the image's files, read-only, its own user, and its command as
PID 1, which the kernel treats apart: it gets no signal that it hasn't asked for.
"""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tools.image.oci.layout import Image

# Where the image sees its emulator: in the one folder that is no part of it.
_EMULATOR = "/tmp/emulator"  # noqa: S108 (the image's own)


class BootError(Exception):
    """An image that can't be booted here; its text is for the user."""


@dataclass(frozen=True)
class Machine:
    """An unpacked image, and how to boot it."""

    bwrap: str
    image: Image
    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    # Folders of this machine that the image may write to, by their place in it.
    volumes: Mapping[str, Path] = field(default_factory=dict)
    shares_network: bool = True
    # What runs the image's programs where its processor isn't this machine's: a static program of this machine.
    emulator: str = ""

    def arguments(self, command: Sequence[str]) -> list[str]:
        """Return the command line that starts a command in the image, as PID 1."""
        user, _, group = str(self.image.settings.get("User") or "0").partition(":")
        if not (user.isdigit() and (group or user).isdigit()):
            raise BootError(
                f'The image names its user "{user}", and only a number shows that it isn\'t root.\n'
                "Fix: give the image a numeric user."
            )
        line = [self.bwrap, "--unshare-user", "--unshare-all", "--as-pid-1"]
        line += [
            "--new-session",
            "--die-with-parent",
            "--uid",
            user,
            "--gid",
            group or user,
        ]
        line += ["--share-net"] if self.shares_network else []
        line += ["--ro-bind", str(self.root), "/", "--proc", "/proc", "--dev", "/dev"]
        line += ["--tmpfs", "/tmp", "--clearenv"]  # noqa: S108 (the image's own)
        for place, folder in self.volumes.items():
            line += ["--bind", str(folder), place]
        for name, value in {**self.image.environment, **self.environment}.items():
            line += ["--setenv", name, value]
        line += ["--chdir", str(self.image.settings.get("WorkingDir") or "/")]
        if not self.emulator:
            return [*line, "--", *command]
        return [*line, "--ro-bind", self.emulator, _EMULATOR, "--", _EMULATOR, *command]

    def make_mount_points(self) -> None:
        """Make the folders that volumes cover, as a runtime does before it writes no more."""
        for place in self.volumes:
            (self.root / place.strip("/")).mkdir(parents=True, exist_ok=True)


@dataclass
class Boot:
    """A booted image: the process outside, and its PID 1 as this side sees it."""

    process: subprocess.Popen[str]
    init: int

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the image's PID 1, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.init, number)

    def interrupt(self) -> None:
        """Do what a terminal does at Ctrl-C: interrupt PID 1, and what it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.init, signal.SIGINT)

    def stop(self, patience: float) -> int:
        """Ask the image to end; kill it when it hasn't after some seconds. Return its exit code."""
        self.send(signal.SIGTERM)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            return self.process.wait()


def check_namespaces(bwrap: str) -> None:
    """Raise BootError where this machine allows no user namespaces."""
    probe = [bwrap, "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/"]
    done = subprocess.run(
        [*probe, "--proc", "/proc", "true"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BootError(
            f"This machine refuses user namespaces, in which images are booted: {done.stderr.strip()}\n"
            "Fix: allow them by sysctl -w user.max_user_namespaces=15000, "
            "on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0 as well; "
            "start a container with --privileged."
        )


@contextmanager
def booted(machine: Machine, command: Sequence[str], **streams: int) -> Iterator[Boot]:
    """Start a command in the image; it is killed at the end of the block if it still runs.

    Args:
      machine: the image.
      command: the command, as PID 1.
      **streams: `stdout` and `stderr` as subprocess takes them; this process's own by default.
    """
    machine.make_mount_points()
    reader, writer = os.pipe()
    arguments = machine.arguments(command)
    arguments[1:1] = ["--info-fd", str(writer)]
    # Out of the terminal's reach: Ctrl-C would end bwrap, and bwrap's end the image.
    own: dict[str, object] = {"pass_fds": [writer], "process_group": 0, "text": True}
    # pyrefly: ignore[no-matching-overload]
    process = subprocess.Popen(arguments, **own, **streams)
    try:
        os.close(writer)
        with os.fdopen(reader) as info:
            text = info.read()
        if not text:
            code = process.wait()
            raise BootError(
                f"bwrap couldn't boot the image; exit code {code}.\n"
                "Fix: read what it says above; the image's command may be missing."
            )
        yield Boot(process, json.loads(text)["child-pid"])
    finally:
        if process.poll() is None:
            process.kill()
        # Also closes the streams.
        with process:
            pass
