"""Sends HTTP requests over kept connections, as fast as they are answered or at a pace."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    """One request, sent again and again."""

    address: str
    path: str
    body: bytes

    def encoded(self) -> bytes:
        """Return it as it goes over the wire."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: bench\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


@dataclass(frozen=True)
class Load:
    """How much is sent: as much as is answered, or so many a second."""

    seconds: float
    connections: int = 8
    rate: float | None = None


@dataclass(frozen=True)
class Latencies:
    """How long each request took, in seconds, the shortest first."""

    sorted: Sequence[float]
    seconds: float

    @property
    def rate(self) -> float:
        """Return how many were answered a second."""
        return len(self.sorted) / self.seconds

    def percentile(self, percent: float) -> float:
        """Return what so many of a hundred were not slower than."""
        return self.sorted[
            min(len(self.sorted) - 1, int(len(self.sorted) * percent / 100))
        ]


def run(request: Request, load: Load) -> Latencies:
    """Return how a service bore a load."""
    return asyncio.run(_run(request, load))


async def _run(request: Request, load: Load) -> Latencies:
    parts = urlsplit(request.address)
    streams = [
        await asyncio.open_connection(parts.hostname, parts.port)
        for _ in range(load.connections)
    ]
    started = time.perf_counter()
    senders = [
        _send(*stream, request.encoded(), load, started + index / len(streams) / 1000)
        for index, stream in enumerate(streams)
    ]
    taken = [each for sent in await asyncio.gather(*senders) for each in sent]
    seconds = time.perf_counter() - started
    for _, writer in streams:
        writer.close()
    return Latencies(sorted(taken), seconds)


async def _send(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: bytes,
    load: Load,
    started: float,
) -> list[float]:
    taken: list[float] = []
    pace = load.connections / load.rate if load.rate else 0.0
    due = started
    while (now := time.perf_counter()) < started + load.seconds:
        if pace:
            due += pace
            await asyncio.sleep(max(0.0, due - now))
            # From when it was due: a slow answer delays the next request, not its clock.
            now = due
        writer.write(request)
        await _answered(reader)
        taken.append(time.perf_counter() - now)
    return taken


async def _answered(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 202")):
        raise RuntimeError(f"the service answered {head.partition(b'\r\n')[0]!r}")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
