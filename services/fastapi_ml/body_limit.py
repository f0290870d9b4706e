"""Refuses bodies that are too large, before they are read."""

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """ASGI middleware that lets a route read so many bytes and no more."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """Wrap an app."""
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; reading more than the limit raises what answers 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        size = int(declared) if declared.isascii() and declared.isdigit() else 0
        if size <= self._limit:
            size = 0

        async def limited() -> Message:
            nonlocal size
            message: Message = {} if size > self._limit else await receive()
            size += len(message.get("body", b""))
            if size > self._limit:
                # The rest of the body stays unread, so the connection can't serve another request.
                close = {"Connection": "close"}
                text = f"The body is larger than {self._limit} bytes."
                raise HTTPException(413, text, close)
            return message

        await self._app(scope, limited, send)
