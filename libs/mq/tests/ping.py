"""Messages that the tests of queues send."""

from typing import ClassVar

from libs.mq.messages import Message
from libs.mq.queues import Queue

PINGS = Queue("pings", capacity=1000)
PONGS = Queue("pongs", capacity=1000)


class Ping(Message):
    """Asks for a Pong of the same number."""

    kind: ClassVar[str] = "ping"
    number: int


class Pong(Message):
    """Answers a Ping."""

    kind: ClassVar[str] = "pong"
    number: int


def answer(ping: Ping) -> Pong:
    """Return the answer to a Ping."""
    return Pong(number=ping.number)
