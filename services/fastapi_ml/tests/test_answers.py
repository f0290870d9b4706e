"""Tests of how answers are sent."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from services.fastapi_ml.answers import Gathered


class Recorded(asyncio.Transport):
    """A transport that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.told: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.told.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


async def _sent(use: Callable[[Gathered], None]) -> Recorded:
    transport = Recorded()
    use(Gathered(transport, asyncio.get_running_loop()))
    await asyncio.sleep(0)
    return transport


def _answer(gathered: Gathered) -> None:
    gathered.write(b"head ")
    gathered.write(b"body")


def _answer_and_close(gathered: Gathered) -> None:
    _answer(gathered)
    gathered.close()
    gathered.write(b" too late")


def _lots(gathered: Gathered) -> None:
    gathered.write(b"head ")
    gathered.write(b"x" * 100_000)
    gathered.write(b"rest")


@pytest.mark.parametrize(
    ("use", "wanted"),
    [
        (_answer, [b"head body"]),
        (_answer_and_close, [b"head body"]),
        (_lots, [b"head " + b"x" * 100_000, b"rest"]),
    ],
)
def test_what_a_turn_writes_is_sent_together(
    use: Callable[[Gathered], None], wanted: list[bytes]
) -> None:
    assert asyncio.run(_sent(use)).told == wanted


def test_everything_else_is_the_transports() -> None:
    async def peer() -> object:
        gathered = Gathered(Recorded(), asyncio.get_running_loop())
        ask: Any = gathered.get_extra_info  # Any: the transport's own
        return ask("peername")

    assert asyncio.run(peer()) == ("127.0.0.1", 1)
