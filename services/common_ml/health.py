"""Tells orchestrators and Prometheus how the worker fares, over HTTP."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from libs.telemetry import prometheus

_END_SECONDS = 0.1


@contextmanager
def serving(host: str, port: int, is_alive: Callable[[], bool]) -> Iterator[str]:
    """Serve /healthz and /metrics while the context lasts; give their address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer the two paths."""
            if self.path == "/healthz":
                alive = is_alive()
                text = b"ok\n" if alive else b"no connection to the queue\n"
                self._answer(200 if alive else 503, text, "text/plain")
            elif self.path == "/metrics":
                self._answer(200, *prometheus.exposition())
            else:
                self._answer(404, b"/healthz or /metrics\n", "text/plain")

        def _answer(self, status: int, text: bytes, media_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing: probes come every few seconds."""

    with ThreadingHTTPServer((host, port), Handler) as server:
        server.daemon_threads = True
        # It looks that often whether it is to end, and the worker waits for it.
        thread = threading.Thread(
            target=server.serve_forever, args=(_END_SECONDS,), daemon=True
        )
        thread.start()
        try:
            yield f"http://{host}:{server.server_port}"
        finally:
            server.shutdown()
