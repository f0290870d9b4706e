"""Opens connections; the URL decides the transport.

amqp://user:password@host:5672/vhost   RabbitMQ (amqps:// with TLS); ?heartbeat=SECONDS where 10 don't suit
disk:///folder                         a folder that processes of one machine share
memory://                              this process alone, for tests
"""

import re
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from kombu.connection import Connection

from libs.mq.disk.transport import Transport as DiskTransport

# A broker that doesn't answer for so long is taken for dead.
_HEARTBEAT_SECONDS = 10
_SOCKET_SECONDS = 5

_BAD_QUOTE = r"%(?![0-9A-Fa-f]{2})"
_WANTED = "wanted amqp://HOST, amqps://HOST, disk:///FOLDER or memory://"


class UrlError(ValueError):
    """A URL that names no transport; the text never repeats the URL, which may hold a password."""


def check_url(url: str) -> str:
    """Return a URL that `open_connection` takes, or raise UrlError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlError("the port is no number from 1 to 65535") from None
    match parts.scheme:
        case "amqp" | "amqps":
            vhost = parts.path.removeprefix("/")
            options = dict(parse_qsl(parts.query, keep_blank_values=True))
            if not parts.hostname:
                raise UrlError(f"{parts.scheme}:// names no host")
            if port == 0:
                raise UrlError("the port is no number from 1 to 65535")
            if parts.fragment or "/" in vhost or re.search(_BAD_QUOTE, url):
                raise UrlError('write "/", "#" and "%" in a name or password as %2F, …')
            if unknown := options.keys() - {"heartbeat"}:
                raise UrlError(
                    f"?{min(unknown)}= is unknown, wanted ?heartbeat=SECONDS"
                )
            if not options.get("heartbeat", "0").isdecimal():
                raise UrlError("?heartbeat= is no whole number of seconds")
        case "disk" if parts.path and not parts.netloc:
            pass
        case "memory":
            pass
        case scheme:
            raise UrlError(
                f'"{scheme}://" with this path names no transport: {_WANTED}'
            )
    return url


def open_connection(url: str) -> Connection:
    """Return a connection, made when it is first used."""
    parts = urlsplit(check_url(url))
    options: dict[str, Any]  # Any: kombu's own type
    if parts.scheme == "disk":
        options = {"folder": parts.path}
        return Connection(transport=DiskTransport, transport_options=options)
    if parts.scheme == "memory":
        options = {"polling_interval": 0.01}
        return Connection("memory://", transport_options=options)
    # Without limits, a goodbye to a broker that hangs would hang as well.
    limits = {"read_timeout": _SOCKET_SECONDS, "write_timeout": _SOCKET_SECONDS}
    options = {"heartbeat": _HEARTBEAT_SECONDS, "transport_options": limits}
    ssl = parts.scheme == "amqps"
    return Connection(url, connect_timeout=_SOCKET_SECONDS, ssl=ssl, **options)


def keep_alive(connection: Connection) -> None:
    """Answer a broker that drops who is silent; to be called every second or so, by the one thread that uses it."""
    if not connection.supports_heartbeats:
        return
    # A broker's heartbeats lie behind what else it has sent.
    with suppress(TimeoutError):
        while True:
            connection.drain_events(timeout=0)
    connection.heartbeat_check()
