"""Shows the messages that were parked, and sends them round again once they can be handled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from libs.mq import queues
from libs.mq.connections import open_connection
from libs.mq.outbox import Letter, Outbox
from libs.mq.queues import Queue

REASON = "x-park-reason"


@dataclass(frozen=True)
class DeadLetter:
    """A message that nobody could handle, and why."""

    body: str | bytes
    reason: str


def look(url: str, queue: Queue, limit: int = 100) -> list[DeadLetter]:
    """Return parked messages of a queue, the oldest first; they stay where they are."""
    with open_connection(url) as connection:
        messages = _take(connection.channel(), queue, limit)
        # Nothing is acknowledged: all come back when the connection is closed.
        return [DeadLetter(m.body, str(m.headers.get(REASON, ""))) for m in messages]


def revive(url: str, queue: Queue, limit: int = 100) -> int:
    """Move parked messages back into their queue, and return how many."""
    with open_connection(url) as connection:
        moved = 0
        outbox = Outbox(connection)
        for message in _take(connection.channel(), queue, limit):
            headers = {
                k: v for k, v in message.headers.items() if not k.startswith("x-")
            }
            [taken] = outbox.send([Letter(queue.name, message.body, headers)])
            if not taken:
                break
            message.ack()
            moved += 1
        return moved


def _take(channel: Any, queue: Queue, limit: int) -> Iterator[Any]:
    queues.declare(queue, channel)
    parked = queues.declare_dead(queue, channel)
    for _ in range(limit):
        message = parked.get()
        if message is None:
            return
        yield message
