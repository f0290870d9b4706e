"""Gives each HTTP request an id, a span, a measurement and a log line."""

import asyncio
import contextvars
import logging
import time
from collections.abc import Mapping

from opentelemetry import context, metrics, trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.telemetry import logs, propagation, request_ids

_REQUEST_ID = request_ids.HEADER.lower()
_RESPONSE_HEADER = _REQUEST_ID.encode()
_READ = frozenset({_REQUEST_ID.encode(), b"traceparent", b"tracestate"})

# Others are counted as one: what callers invent would make metrics without number.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = logging.getLogger(__name__)
_tracer = trace.get_tracer(__name__)
_duration = metrics.get_meter(__name__).create_histogram(
    "http.server.request.duration",
    unit="s",
    description="How long requests took.",
    explicit_bucket_boundaries_advisory=(
        *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1),
        *(0.25, 0.5, 1, 2.5, 5, 10),
    ),
)


class RequestTelemetry:
    """Middleware that stands around everything else of an app.

    FastAPI records spans and metrics of its own, which an app has to turn off: measured
    for a trivial request, it adds 150 to 260 us where this, with a request id and a log
    line besides, adds 65; and it would span only what lies inside the app.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app
        self._ended: list[_Exchange] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and tell how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        name = request_ids.current.set(exchange.request_id)
        span = context.attach(trace.set_span_in_context(exchange.span))
        try:
            await self._serve(exchange, scope, receive)
        finally:
            context.detach(span)
            request_ids.current.reset(name)

    async def _serve(self, exchange: _Exchange, scope: Scope, receive: Receive) -> None:
        try:
            await self._app(scope, receive, exchange.send)
        except Exception as error:
            exchange.span.record_exception(error)
            _log.exception("request failed")
            # The client has its answer; without one, the server must give it.
            if exchange.status is None:
                raise
        finally:
            exchange.end()
            self._tell_later(exchange)

    def _tell_later(self, exchange: _Exchange) -> None:
        """Have an exchange told once those that the loop has in hand are answered.

        Told one after the other, with nothing in between, they take half the time.
        """
        self._ended.append(exchange)
        if len(self._ended) == 1:
            # In no context: the one of this request isn't that of the others.
            loop = asyncio.get_running_loop()
            loop.call_soon(self._tell, context=contextvars.Context())

    def _tell(self) -> None:
        ended, self._ended = self._ended, []
        for exchange in ended:
            exchange.measure()
        if _log.isEnabledFor(logging.INFO):
            # Found out once, and not by `info`, which would walk the stack for a caller
            # that is always the same.
            where = (_log.name, logging.INFO, __file__, 0)
            common = vars(_log.makeRecord(*where, "request", (), None))
            for exchange in ended:
                _log.handle(_Line(common | exchange.line()))


class _Exchange:
    """One request and what was answered."""

    def __init__(self, scope: Scope, send: Send) -> None:
        headers = _chosen_headers(scope)
        self.request_id = request_ids.choose(headers.get(_REQUEST_ID))
        self.status: int | None = None
        method = scope["method"]
        self.method = method if method in _METHODS else "_OTHER"
        self.span = _tracer.start_span(
            self.method, propagation.extract(headers), SpanKind.SERVER
        )
        self._scope = scope
        self._send = send
        self._started = time.perf_counter()
        self._elapsed = 0.0
        self._attributes: dict[str, AttributeValue] = {}
        # What an exemplar is taken from, which there is none of without a span.
        self._context: context.Context | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = (_RESPONSE_HEADER, self.request_id.encode())
            message["headers"] = [*message.get("headers", ()), own]
        await self._send(message)

    def end(self) -> None:
        """Note what is known at the end: the route is found while the app runs."""
        self._elapsed = time.perf_counter() - self._started
        status = self.status or 500
        # The route and not the path: paths are without number.
        route = getattr(self._scope.get("route"), "path", "")
        self._attributes = {
            "http.request.method": self.method,
            "http.response.status_code": status,
            "http.route": route,
        }
        if self.span.is_recording():
            self._context = trace.set_span_in_context(self.span)
            self.span.update_name(f"{self.method} {route}".strip())
            path = {"url.path": self._scope["path"]}
            self.span.set_attributes(self._attributes | path)
            if status >= 500:
                self.span.set_status(Status(StatusCode.ERROR))
            self.span.end()

    def measure(self) -> None:
        """Record how long it took."""
        _duration.record(self._elapsed, self._attributes, self._context)

    def line(self) -> dict[str, object]:
        """Return what is logged."""
        return {
            "request_id": self.request_id,
            "method": self._scope["method"],
            "path": self._scope["path"],
            "status": self.status,
            "milliseconds": round(1000 * self._elapsed, 3),
            **logs.span_ids(self.span),
        }


class _Line(logging.LogRecord):
    """A record of what is known already: another finds out where it is made."""

    def __init__(self, known: Mapping[str, object]) -> None:
        vars(self).update(known)


def _chosen_headers(scope: Scope) -> dict[str, str]:
    """Return the headers that telemetry reads: looking each up would read all each time."""
    headers = dict(scope["headers"])
    return {
        name.decode(): headers[name].decode("latin-1")
        for name in _READ & headers.keys()
    }
