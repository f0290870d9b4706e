"""Sends each answer in one piece.

uvicorn writes the head of an answer and its body apart: two system calls, and two packets that
wake the client twice. For a short answer that is a tenth of what the request costs.
"""

import asyncio
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol

# More than this is sent at once, so that the transport can say that a client is slow.
_MOST_BYTES = 1 << 16


class Gathered:
    """A transport that sends what is written in one turn of the loop together."""

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Stand before a transport."""
        self._transport = transport
        self._loop = loop
        self._written = bytearray()

    def __getattr__(self, name: str) -> object:
        """Return what only concerns the transport itself."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this with what else this turn writes."""
        if not self._written:
            self._loop.call_soon(self._send)
        self._written += data
        if len(self._written) > _MOST_BYTES:
            self._send()

    def close(self) -> None:
        """Close, after what was written."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        written, self._written = self._written, bytearray()
        # A client that is gone needs no answer.
        if written and not self._transport.is_closing():
            self._transport.write(written)


class GatheringProtocol(H11Protocol):
    """uvicorn's protocol over such a transport."""

    def connection_made(
        self,
        transport: asyncio.Transport,
    ) -> None:
        """Begin with a connection."""
        gathered = Gathered(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", gathered))
