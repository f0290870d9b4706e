"""Starts a real RabbitMQ on loopback, kills it, and starts it again on the same data."""

import socket
import time
from pathlib import Path

from libs.mq.testing.sandboxes import Sandbox, host_tool
from tools.testing.ports import free_port

_START_SECONDS = 90


class RabbitMQ:
    """A broker in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Choose the folder and the port; nothing runs yet."""
        self._folder = folder
        self._port = free_port()
        self._sandbox: Sandbox | None = None
        folder.mkdir(parents=True)
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._port}\n"
            "disk_free_limit.absolute = 1MB\n"
            "log.console.level = warning\n"
        )
        (folder / "enabled_plugins").write_text("[].\n")

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}/"

    @property
    def log(self) -> str:
        """Return what it said."""
        return (self._folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start it, and wait until it speaks AMQP."""
        environment = {
            "HOME": str(self._folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(free_port()),
            "RABBITMQ_NODENAME": "test@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(self._folder / "feature_flags"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self._folder / "generated"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_LOG_BASE": str(self._folder / "logs"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
        }
        log = self._folder / "log"
        self._sandbox = Sandbox([host_tool("rabbitmq-server")], environment, log)
        self._wait(self._sandbox)

    def kill(self) -> None:
        """End it by SIGKILL, and wait until nothing answers.

        The kernel ends the processes in the namespaces a moment after bwrap, which on a
        busy machine is long enough to take another message.
        """
        if self._sandbox is not None:
            self._sandbox.kill()
            deadline = time.monotonic() + _START_SECONDS
            while self._speaks() and time.monotonic() < deadline:
                time.sleep(0.05)

    def _wait(self, sandbox: Sandbox) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while sandbox.is_running and time.monotonic() < deadline:
            if self._speaks():
                return
            time.sleep(0.1)
        raise AssertionError(f"RabbitMQ didn't start:\n{self.log}")

    def _speaks(self) -> bool:
        try:
            with socket.create_connection(
                ("127.0.0.1", self._port), timeout=5
            ) as client:
                client.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(client.recv(1))
        except OSError:
            return False
