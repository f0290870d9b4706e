"""Opens connections; the URL decides the transport.

amqp://user:password@host:5672/vhost   RabbitMQ (amqps:// with TLS); ?heartbeat=SECONDS where 10 don't suit
disk:///folder                         a folder that processes of one machine share
memory://                              this process alone, for tests
"""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from kombu.connection import Connection

from libs.mq.disk import Transport as DiskTransport

# A broker that doesn't answer for so long is taken for dead.
_HEARTBEAT_SECONDS = 10
_SOCKET_SECONDS = 5


class UrlError(ValueError):
    """A URL that names no transport."""


def open_connection(url: str) -> Connection:
    """Return a connection, made when it is first used."""
    parts = urlsplit(url)
    options: dict[str, Any]  # Any: kombu's own type
    match parts.scheme:
        case "amqp" | "amqps":
            # Without limits, a goodbye to a broker that hangs would hang as well.
            limits = {"read_timeout": _SOCKET_SECONDS, "write_timeout": _SOCKET_SECONDS}
            options = {"heartbeat": _HEARTBEAT_SECONDS, "transport_options": limits}
            return Connection(
                url,
                connect_timeout=_SOCKET_SECONDS,
                ssl=parts.scheme == "amqps",
                **options,
            )
        case "disk" if parts.path and not parts.netloc:
            options = {"folder": parts.path}
            return Connection(transport=DiskTransport, transport_options=options)
        case "memory":
            options = {"polling_interval": 0.01}
            return Connection("memory://", transport_options=options)
    raise UrlError(
        f'"{parts.scheme}://{parts.hostname or ""}{parts.path}" names no transport, wanted '
        "amqp://HOST, amqps://HOST, disk:///FOLDER or memory://."
    )


def keep_alive(connection: Connection) -> None:
    """Answer a broker that drops who is silent; to be called every second or so, by the one thread that uses it."""
    if not connection.supports_heartbeats:
        return
    # A broker's heartbeats lie behind what else it has sent.
    with suppress(TimeoutError):
        while True:
            connection.drain_events(timeout=0)
    connection.heartbeat_check()
