"""Refuses a request body that is too large or not JSON before it is read whole."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message, Receive

_JSON = "application/json"

type Handler = Callable[
    [Request], Coroutine[Any, Any, Response]
]  # Any: FastAPI's own type


class JsonRoute(APIRoute):
    """A route that takes a JSON body of a limited size."""

    def get_route_handler(self) -> Handler:
        """Return FastAPI's handler behind the two checks."""
        handler = super().get_route_handler()
        if self.body_field is None:
            return handler

        async def checked(request: Request) -> Response:
            require_json(request.headers.get("content-type"))
            limit = request.app.state.settings.max_body_bytes
            require_length(request.headers.get("content-length"), limit)
            return await handler(
                Request(request.scope, limited(request.receive, limit))
            )

        return checked


def require_json(content_type: str | None) -> None:
    """Refuse a body that says to be anything else than JSON."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type != _JSON:
        raise HTTPException(
            415, f"The body is {media_type or 'of no type'}, wanted {_JSON}."
        )


def require_length(length: str | None, limit: int) -> None:
    """Refuse a body that says to be too large."""
    if length and length.isascii() and length.isdigit() and int(length) > limit:
        raise _too_large(limit)


def limited(receive: Receive, limit: int) -> Receive:
    """Return a channel that stops with 413 once a body has passed its limit."""
    received = 0

    async def receive_within_limit() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _too_large(limit)
        return message

    return receive_within_limit


def _too_large(limit: int) -> HTTPException:
    # The rest of the body stays unread, so the connection can't serve another request.
    return HTTPException(
        413, f"The body is larger than {limit} bytes.", headers={"Connection": "close"}
    )
