"""Gives each HTTP request an id and a log line."""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.telemetry import request_ids

_log = logging.getLogger(__name__)


class RequestTelemetry:
    """Middleware that stands around everything else of an app."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and tell how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_ids.choose(Headers(scope=scope).get(request_ids.HEADER))
        token = request_ids.current.set(request_id)
        exchange = _Exchange(scope, send, request_id)
        try:
            await self._app(scope, receive, exchange.send)
        except Exception:
            _log.exception("request failed")
            # The client has its answer; without one, the server must give it.
            if exchange.status is None:
                raise
        finally:
            exchange.log()
            request_ids.current.reset(token)


class _Exchange:
    """One request and what was answered."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self.status: int | None = None
        self._scope = scope
        self._send = send
        self._request_id = request_id
        self._started = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)[request_ids.HEADER] = self._request_id
        await self._send(message)

    def log(self) -> None:
        elapsed = time.perf_counter() - self._started
        _log.info(
            "request",
            extra={
                "method": self._scope["method"],
                "path": self._scope["path"],
                "status": self.status,
                "milliseconds": round(1000 * elapsed, 3),
            },
        )
