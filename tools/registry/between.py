"""Stands between a registry and its clients: counts what they send, and can cut it off."""

import contextlib
import math
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_CHUNK = 65536


def _nothing() -> None:
    pass


class Between:
    """Passes on what clients and a registry on loopback say to each other."""

    def __init__(
        self, port: int, most: float = math.inf, cut: Callable[[], None] = _nothing
    ) -> None:
        """Listen for clients of the registry on a port.

        Args:
          port: the registry's port.
          most: the bytes from clients after which nothing is passed on.
          cut: what is done then, once.
        """
        self.sent = 0
        self._port = port
        self._most = most
        self._is_cut = False
        self._cut = cut
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        """Return HOST:PORT for clients."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                client.close()
                continue
            for pair in ((client, server, True), (server, client, False)):
                self._threads.append(threading.Thread(target=self._copy, args=pair))
                self._threads[-1].start()

    def _copy(
        self, source: socket.socket, target: socket.socket, counted: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(_CHUNK):
                with self._lock:
                    self.sent += len(chunk) if counted else 0
                    is_over = self.sent > self._most
                    is_first = is_over and not self._is_cut
                    self._is_cut |= is_over
                if is_first:
                    self._cut()
                if is_over:
                    break
                target.sendall(chunk)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()

    def close(self) -> None:
        """Accept no more, and wait for what is under way."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()


@contextmanager
def counting(registry: str) -> Iterator[Between]:
    """Count what clients send to a registry at HOST:PORT while the block runs."""
    between = Between(int(registry.rpartition(":")[2]))
    try:
        yield between
    finally:
        between.close()
