"""Lists the messages that nobody could handle, and requeues or drops them.

Invoked as: bazel run //libs/mq:dead_letters -- amqp://… digits.jobs [list | requeue | drop] [--limit 100]
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from libs.mq import queues
from libs.mq.connections import UrlError, open_connection
from libs.mq.errors import CONNECTION_ERRORS
from libs.mq.publisher import ConfirmingPublisher, Outgoing
from libs.mq.queues import Queue

REASON = "x-reason"
_LIMIT = 100


@dataclass(frozen=True)
class DeadLetter:
    """A message that nobody could handle, and why."""

    body: str | bytes
    reason: str

    @property
    def text(self) -> str:
        """Return the body in one line, whatever it is."""
        body = self.body.encode() if isinstance(self.body, str) else self.body
        return body.decode(errors="backslashreplace").replace("\n", "\\n")


def peek(url: str, queue: Queue, limit: int = _LIMIT) -> list[DeadLetter]:
    """Return a queue's dead letters, the oldest first; they stay where they are."""
    with open_connection(url) as connection:
        messages = _take(connection.channel(), queue, limit)
        # Nothing is acknowledged: all come back when the connection is closed.
        return [DeadLetter(m.body, str(m.headers.get(REASON, ""))) for m in messages]


def requeue(url: str, queue: Queue, limit: int = _LIMIT) -> int:
    """Move dead letters back into their queue, and return how many."""
    with open_connection(url) as connection:
        moved = 0
        publisher = ConfirmingPublisher(connection)
        for message in _take(connection.channel(), queue, limit):
            own = {k: v for k, v in message.headers.items() if not k.startswith("x-")}
            [taken] = publisher.send(queue.name, [Outgoing(message.body, own)])
            if not taken:
                break
            message.ack()
            moved += 1
        return moved


def drop(url: str, queue: Queue, limit: int = _LIMIT) -> int:
    """Delete dead letters, and return how many."""
    with open_connection(url) as connection:
        letters = list(_take(connection.channel(), queue, limit))
        for letter in letters:
            letter.ack()
        return len(letters)


def _take(channel: Any, queue: Queue, limit: int) -> Iterator[Any]:
    dead = queues.declare_dead(queue, channel)
    for _ in range(limit):
        message = dead.get()
        if message is None:
            return
        yield message


def main(argv: Sequence[str] | None = None) -> int:
    """Do what is asked with a queue's dead letters; return 0, or 1 where there is no connection."""
    parser = argparse.ArgumentParser(prog="dead_letters", description=__doc__)
    parser.add_argument("url", help="amqp://… or disk:///folder")
    parser.add_argument("queue", help="the queue whose dead letters are meant")
    parser.add_argument(
        "action", nargs="?", choices=["list", "requeue", "drop"], default="list"
    )
    parser.add_argument("--limit", type=int, default=_LIMIT, help="at most so many")
    options = parser.parse_args(argv)
    queue = Queue(options.queue)
    try:
        if options.action == "list":
            for letter in peek(options.url, queue, options.limit):
                print(f"{letter.reason}: {letter.text}")
        else:
            act = requeue if options.action == "requeue" else drop
            print(f"{act(options.url, queue, options.limit)} messages")
    except (UrlError, *CONNECTION_ERRORS) as error:
        print(f"dead_letters: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
