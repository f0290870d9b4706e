"""A service's one address, behind which its processes come and go."""

import socket
import threading
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import cast

HOST = "127.0.0.1"
_TRIES = 100
# For how long a connection waits for the service's first start.
_PATIENCE = 5


class Front(ThreadingTCPServer):
    """Passes connections on to the process that serves now; where none has yet, they wait a while."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        """Listen on a port."""
        super().__init__((HOST, port), _Connection)
        self.target = 0
        self.is_open = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def lead_to(self, port: int) -> None:
        """Pass new connections on to a port; those that are there keep theirs."""
        self.target = port
        self.is_open.set()

    @property
    def address(self) -> str:
        """Where the service is reached."""
        return f"http://{HOST}:{self.server_address[1]}"


class _Connection(BaseRequestHandler):
    def handle(self) -> None:
        """Pass on what both sides send until both have sent all."""
        client: socket.socket = self.request
        front = cast("Front", self.server)
        if not front.is_open.wait(_PATIENCE):
            return
        target = (HOST, front.target)
        with suppress(OSError), socket.create_connection(target) as service:
            for side in (client, service):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=_copy, args=(service, client), daemon=True)
            back.start()
            _copy(client, service)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copy what a socket receives into another, and its end, too."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def open_front(port: int) -> Front:
    """Return a front on the port, or on the next one that is free.

    Raises:
      OSError: none is.
    """
    for candidate in range(port, port + _TRIES):
        with suppress(OSError):
            return Front(candidate)
    raise OSError(f"no port of {HOST} is free from {port} to {port + _TRIES - 1}")
