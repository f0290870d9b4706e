"""Gives each HTTP request an id and a line in the access log.

Spans and metrics of requests are FastAPI's own, by OpenTelemetry: the span is current in here already.
"""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.telemetry import request_ids

_log = logging.getLogger(__name__)


class RequestLog:
    """ASGI middleware, to be added last: outside of all others."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and log how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_ids.choose(Headers(scope=scope).get(request_ids.HEADER))
        # Not reset: an unknown failure is answered and logged outside of all middleware, and a request
        # has a task, and so a context, of its own.
        request_ids.current.set(request_id)
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[request_ids.HEADER] = request_id
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            # uvicorn logs it again, where the span has ended and its trace is no longer known.
            _log.exception("request failed")
            raise
        finally:
            line = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "milliseconds": round(1000 * (time.perf_counter() - started), 3),
            }
            _log.info("request", extra=line)
