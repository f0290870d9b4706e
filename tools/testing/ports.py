"""Gives tests the ports that their servers listen on."""

import random
import socket

_HOST = "127.0.0.1"

# Linux takes the ports of clients, and of servers that name none, from 32768 on
# (/proc/sys/net/ipv4/ip_local_port_range): one of those can be lost before it is used.
_CANDIDATES = range(10_000, 32_768)

_unused = iter(random.sample(_CANDIDATES, len(_CANDIDATES)))


def free_port() -> int:
    """Return a port of the loopback interface for a server that is yet to start.

    No call in this process returned it before, and no client takes it by chance before the
    server listens, or while the server is down. Another process may, if it chooses the same
    number in between: a server that can say which port it got is better asked for port 0.

    Raises:
      RuntimeError: where every port has been given or is listened on.
    """
    for port in _unused:
        with socket.socket() as probe:
            try:
                probe.bind((_HOST, port))
            except OSError:
                continue
        return port
    raise RuntimeError(f"{_HOST} has no port left in {_CANDIDATES}")
