"""Runs a server for a test: not as root, and gone without a trace when it is killed."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_NOBODY = "65534"


def host_tool(name: str) -> Path:
    """Return the path of a program of this machine that the test lists in its data."""
    [path] = Path("..").glob(f"*host_tools*/bin/{name}")
    return path.absolute()


class Sandbox:
    """A process with its children in namespaces of their own, as the user nobody."""

    def __init__(
        self, command: Sequence[str | Path], environment: Mapping[str, str], log: Path
    ) -> None:
        """Start a command; what it says goes to a log."""
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(host_tool("bwrap"), "--die-with-parent", "--unshare-user"),
                    *("--unshare-pid", "--uid", _NOBODY, "--gid", _NOBODY),
                    *("--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--"),
                    *command,
                ],
                env=os.environ | environment,
                stdout=output,
                stderr=output,
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
