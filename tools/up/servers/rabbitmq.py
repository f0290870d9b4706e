"""RabbitMQ, which can be killed and started again on the same data."""

import socket

from tools.testing.ports import free_port
from tools.up.servers.server import HOST, Server


class RabbitMQ(Server):
    """A broker in a folder of its own."""

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"amqp://guest:guest@{HOST}:{self.port}/"

    def start(self) -> None:
        """Start it, and wait until it speaks AMQP."""
        folder = self.folder
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = {HOST}:{self.port}\n"
            "disk_free_limit.absolute = 1MB\n"
            "log.console.level = warning\n"
        )
        (folder / "enabled_plugins").write_text("[].\n")
        self.serve(
            "rabbitmq-server",
            HOME=str(folder),
            ERL_EPMD_ADDRESS=HOST,
            ERL_EPMD_PORT=str(free_port()),
            RABBITMQ_NODENAME="monorepo@localhost",
            RABBITMQ_DIST_PORT=str(free_port()),
            RABBITMQ_CONFIG_FILE=str(folder / "rabbitmq.conf"),
            RABBITMQ_CONF_ENV_FILE=str(folder / "none"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(folder / "enabled_plugins"),
            RABBITMQ_FEATURE_FLAGS_FILE=str(folder / "feature_flags"),
            RABBITMQ_GENERATED_CONFIG_DIR=str(folder / "generated"),
            RABBITMQ_LOGS="-",
            RABBITMQ_LOG_BASE=str(folder / "logs"),
            RABBITMQ_MNESIA_BASE=str(folder / "data"),
            RABBITMQ_PID_FILE=str(folder / "pid"),
        )

    def answers(self) -> bool:
        """Return whether it speaks AMQP."""
        try:
            with socket.create_connection((HOST, self.port), timeout=5) as client:
                client.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(client.recv(1))
        except OSError:
            return False
