"""Starts a real PostgreSQL on loopback."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

from libs.mq.testing.sandboxes import Sandbox, host_tool
from tools.testing.ports import free_port

_SECONDS = 90


class PostgreSQL:
    """A database server in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Choose the folder and the port; nothing runs yet."""
        self._folder = folder
        self._port = free_port()
        self._server: Sandbox | None = None
        folder.mkdir(parents=True)

    @property
    def url(self) -> str:
        """Return where its database is."""
        return f"postgresql://test@127.0.0.1:{self._port}/postgres"

    @property
    def log(self) -> str:
        """Return what it said."""
        return (self._folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Make a cluster, start it, and wait until it answers."""
        data, log = self._folder / "data", self._folder / "log"
        flags = ("--username=test", "--auth=trust", "--no-locale", "--encoding=UTF8")
        making = Sandbox([host_tool("initdb"), f"--pgdata={data}", *flags], {}, log)
        self._wait(lambda: not making.is_running)
        command: list[str | Path] = [host_tool("postgres"), "-D", data]
        # No socket in the file system: a test's folder has too long a path for one.
        settings = (
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        )
        command += ["-p", str(self._port), *settings]
        self._server = Sandbox(command, {}, log)
        self._wait(self._answers)

    def kill(self) -> None:
        """End it by SIGKILL."""
        if self._server is not None:
            self._server.kill()

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=5).close()
        except OSError:
            return False
        return True

    def _wait(self, claim: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not claim():
            if time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL didn't start:\n{self.log}")
            time.sleep(0.1)
