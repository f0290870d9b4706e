"""Tells orchestrators and Prometheus how the worker fares, over HTTP.

A worker that hangs is to be started anew, so /healthz says so. One that has no broker is not: it
connects again by itself, and only /readyz tells.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from libs.telemetry import prometheus

_END_SECONDS = 0.1


@dataclass(frozen=True)
class Probe:
    """A question that an orchestrator asks again and again."""

    is_well: Callable[[], bool]
    # What is told where the answer is no.
    trouble: str

    def answer(self) -> tuple[int, bytes, str]:
        """Return the status, the text and its media type."""
        well = self.is_well()
        text = "ok" if well else self.trouble
        return 200 if well else 503, f"{text}\n".encode(), "text/plain"


def _metrics() -> tuple[int, bytes, str]:
    return 200, *prometheus.exposition()


@contextmanager
def serving(host: str, port: int, probes: Mapping[str, Probe]) -> Iterator[str]:
    """Serve the probes by their paths, and /metrics, while the context lasts; give their address."""
    answers = {path: probe.answer for path, probe in probes.items()}
    answers["/metrics"] = _metrics
    unknown = f"{', '.join(answers)}\n".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer one of the paths."""
            answer = answers.get(self.path.partition("?")[0])
            status, text, kind = answer() if answer else (404, unknown, "text/plain")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)

        def do_HEAD(self) -> None:
            """Answer as to GET, without the text."""
            self.do_GET()

        # pyrefly: ignore[bad-override]  # it is called by position
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
