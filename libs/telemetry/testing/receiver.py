"""A real OTLP/HTTP receiver on loopback that decodes what it gets."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Receiver:
    """What has come in so far: spans and metrics by the service that they are from."""

    def __init__(self, url: str) -> None:
        """Name the address."""
        self.url = url
        self._arrived = threading.Condition()
        self._spans: list[tuple[str, Span]] = []
        self._metrics: list[tuple[str, Metric]] = []

    def accept(self, path: str, body: bytes) -> None:
        """Decode one export."""
        with self._arrived:
            if path == "/v1/traces":
                traces = ExportTraceServiceRequest.FromString(body)
                for resource in traces.resource_spans:
                    service = _service(resource.resource.attributes)
                    for scope in resource.scope_spans:
                        self._spans += [(service, span) for span in scope.spans]
            elif path == "/v1/metrics":
                metrics = ExportMetricsServiceRequest.FromString(body)
                for measured in metrics.resource_metrics:
                    service = _service(measured.resource.attributes)
                    for group in measured.scope_metrics:
                        self._metrics += [(service, metric) for metric in group.metrics]
            self._arrived.notify_all()

    def spans(self, count: int = 1, seconds: float = 30) -> list[tuple[str, Span]]:
        """Return the spans, once there are so many."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._spans) >= count, seconds)
            return list(self._spans)

    def metrics(self, count: int = 1, seconds: float = 30) -> list[tuple[str, Metric]]:
        """Return the metrics, once there are so many."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._metrics) >= count, seconds)
            return list(self._metrics)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a free port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            receiver.accept(self.path, body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        # pyrefly: ignore[bad-override]  # it is called by position
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
        # Daemons, its handlers' too: a sender that hangs doesn't keep the test.
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield receiver
        finally:
            server.shutdown()


def _service(attributes: object) -> str:
    # pyrefly: ignore[not-iterable]  # protobuf's containers
    for attribute in attributes:
        if attribute.key == "service.name":
            return str(attribute.value.string_value)
    return ""
