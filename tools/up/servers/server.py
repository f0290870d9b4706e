"""A server of this machine on loopback: not as root, and gone without a trace when it, or who started it, is killed."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.testing.ports import free_port

HOST = "127.0.0.1"
_NOBODY = "65534"
_START_SECONDS = 90
_PAUSE = 0.05

# Finds a program of this machine by its name.
type Tools = Callable[[str], Path]


class ServerError(Exception):
    """A server that doesn't start; the text says what it said."""


def host_tool(name: str) -> Path:
    """Return the path of a program of this machine that a test lists in its data.

    Raises:
        ServerError: It doesn't, or Bazel doesn't run it.
    """
    for path in Path("..").glob(f"*host_tools*/bin/{name}"):
        return path.absolute()
    raise ServerError(
        f"found no {name} among the test's files, wanted @host_tools//:{name} in its data.\n"
        "Fix: run it by ./bazelw test, and add that where it is missing."
    )


class Sandbox:
    """A process with its children in namespaces of their own, as the user nobody."""

    def __init__(
        self,
        bwrap: Path,
        command: list[str | Path],
        environ: Mapping[str, str],
        log: Path,
    ) -> None:
        """Start a command; what it says goes to a log. The end of this thread is its end, too."""
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(bwrap, "--die-with-parent", "--unshare-user"),
                    *("--unshare-pid", "--uid", _NOBODY, "--gid", _NOBODY),
                    *("--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--"),
                    *command,
                ],
                env=os.environ | environ,
                stdout=output,
                stderr=output,
                # Ctrl-C is for who started it.
                process_group=0,
            )

    @property
    def is_running(self) -> bool:
        """Return whether it still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it by SIGKILL, all its processes at once."""
        if self.is_running:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=30)


class Server:
    """A server in a folder of its own."""

    def __init__(self, folder: Path, tools: Tools = host_tool) -> None:
        """Choose the folder and the port; nothing runs yet."""
        self.folder = folder
        self.port = free_port()
        self._tools = tools
        self._sandbox: Sandbox | None = None
        folder.mkdir(parents=True)

    @property
    def log(self) -> str:
        """Return what it said."""
        return (self.folder / "log").read_text(errors="replace")

    def kill(self) -> None:
        """End it by SIGKILL, and wait until nothing answers.

        The kernel ends the processes in the namespaces a moment after bwrap, which on a
        busy machine is long enough to take another message.
        """
        if self._sandbox:
            self._sandbox.kill()
            wait(lambda: not self.answers())

    def answers(self) -> bool:
        """Return whether it can be spoken to."""
        raise NotImplementedError

    def run(self, name: str, *arguments: str, **environ: str) -> Sandbox:
        """Start a program of this machine."""
        command = [self._tools(name), *arguments]
        log = self.folder / "log"
        return Sandbox(self._tools("bwrap"), command, environ, log)

    def serve(self, name: str, *arguments: str, **environ: str) -> None:
        """Start the program that serves, and wait until it does."""
        sandbox = self._sandbox = self.run(name, *arguments, **environ)
        wait(lambda: self.answers() or not sandbox.is_running)
        if not self.answers():
            raise ServerError(f"{name} didn't start:\n{self.log}")


def wait(claim: Callable[[], bool]) -> None:
    """Return once a claim is true, or time is over."""
    end = time.monotonic() + _START_SECONDS
    while not claim() and time.monotonic() < end:
        time.sleep(_PAUSE)
