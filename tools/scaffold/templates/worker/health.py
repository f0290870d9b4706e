"""Answers /healthz as long as the process can answer at all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_known = self.path == "/healthz"
        self.send_response(200 if is_known else 404)
        self.end_headers()
        self.wfile.write(b"ok\n" if is_known else b"")


@contextmanager
def serving(host: str, port: int) -> Iterator[int]:
    """Serve beside the block; yield the port, which 0 leaves to the machine."""
    with ThreadingHTTPServer((host, port), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
