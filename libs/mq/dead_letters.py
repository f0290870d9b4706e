"""Looks at the messages of a queue that nobody could handle, and requeues or drops them.

Invoked as: bazel run //libs/mq:dead_letters -- QUEUE [list | show | requeue | drop] [ID…] [--url URL]
`list` gives each an id, the oldest first; every action takes ids, or else all. Without --url the queue is that of this
clone. Exits 0; 1 where the queue can't be reached or has no such letter; 2 for what can't be meant.

Examples:
  bazel run //libs/mq:dead_letters -- digits.jobs
  bazel run //libs/mq:dead_letters -- digits.jobs show 3f2a91c4
  bazel run //libs/mq:dead_letters -- digits.jobs requeue --url amqp://user:password@host/
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from libs.mq import defaults, queues
from libs.mq.connections import UrlError, open_connection
from libs.mq.errors import CONNECTION_ERRORS
from libs.mq.publisher import ConfirmingPublisher, Outgoing
from libs.mq.queues import Queue

REASON = "x-reason"
_LIMIT = 100


@dataclass(frozen=True)
class Choice:
    """Which dead letters are meant: some, or all up to a limit."""

    ids: Collection[str] = ()
    limit: int = _LIMIT


_ALL = Choice()


@dataclass(frozen=True)
class DeadLetter:
    """A message that nobody could handle, and why."""

    body: str | bytes
    reason: str
    headers: Mapping[str, Any] = field(default_factory=dict)  # Any: AMQP's own types

    @property
    def id(self) -> str:
        """Return what names it: a broker has no order that lasts, and messages of any origin have no other name."""
        return hashlib.sha256(f"{self.reason}\0{self.line}".encode()).hexdigest()[:8]

    @property
    def line(self) -> str:
        """Return the body in one line, whatever it is."""
        body = self.body.encode() if isinstance(self.body, str) else self.body
        return body.decode(errors="backslashreplace").replace("\n", "\\n")

    @property
    def summary(self) -> str:
        """Return it in one line."""
        return f"{self.id}: {self.reason}: {self.line}"

    @property
    def text(self) -> str:
        """Return all that is known of it, for a person."""
        try:
            body = json.dumps(json.loads(self.body), ensure_ascii=False, indent=1)
        except ValueError, RecursionError:
            body = self.line
        headers = "".join(f"{name}: {self.headers[name]}\n" for name in self.headers)
        return f"{self.id}: {self.reason}\n{headers}{body}"


def peek(url: str, queue: Queue, choice: Choice = _ALL) -> list[DeadLetter]:
    """Return a queue's dead letters, the oldest first; they stay where they are."""
    with open_connection(url) as connection:
        # Nothing is acknowledged: all come back when the connection is closed.
        return [letter for letter, _ in _take(connection.channel(), queue, choice)]


def requeue(url: str, queue: Queue, choice: Choice = _ALL) -> list[DeadLetter]:
    """Move dead letters back into their queue, and return them."""
    with open_connection(url) as connection:
        moved = []
        publisher = ConfirmingPublisher(connection)
        for letter, message in _take(connection.channel(), queue, choice):
            own = {k: v for k, v in letter.headers.items() if not k.startswith("x-")}
            [taken] = publisher.send(queue.name, [Outgoing(message.body, own)])
            if not taken:
                break
            message.ack()
            moved.append(letter)
        return moved


def drop(url: str, queue: Queue, choice: Choice = _ALL) -> list[DeadLetter]:
    """Delete dead letters, and return them."""
    with open_connection(url) as connection:
        taken = list(_take(connection.channel(), queue, choice))
        for _, message in taken:
            message.ack()
        return [letter for letter, _ in taken]


def _take(
    channel: Any,  # Any: one class a transport
    queue: Queue,
    choice: Choice,
) -> Iterator[tuple[DeadLetter, Any]]:
    dead = queues.declare_dead(queue, channel)
    taken = 0
    while choice.ids or taken < choice.limit:
        message = dead.get()
        if message is None:
            return
        headers = dict(message.headers)
        letter = DeadLetter(message.body or "", str(headers.pop(REASON, "")), headers)
        if not choice.ids or letter.id in choice.ids:
            taken += 1
            yield letter, message


_ACTIONS = {"list": peek, "show": peek, "requeue": requeue, "drop": drop}


def main(argv: Sequence[str] | None = None) -> int:
    """Do what is asked with a queue's dead letters; return 0, or 1 where that can't be."""
    parser = argparse.ArgumentParser(
        prog="bazel run //libs/mq:dead_letters --",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("queue", metavar="QUEUE", help="the queue whose dead letters are meant")
    add("action", nargs="?", choices=_ACTIONS, default="list", help="default: list")
    add("ids", metavar="ID", nargs="*", help="which of them, as list names them")
    add("--url", default=defaults.queue_url(), help="amqp://… or disk:///folder")
    add("--limit", type=int, default=_LIMIT, help="without ids, at most so many")
    options = parser.parse_intermixed_args(argv)
    choice = Choice(options.ids, options.limit)
    try:
        letters = _ACTIONS[options.action](options.url, Queue(options.queue), choice)
    except (UrlError, *CONNECTION_ERRORS) as error:
        print(f"dead_letters: {error}", file=sys.stderr)
        return 1
    for letter in letters:
        print(letter.text if options.action == "show" else letter.summary)
    if options.action in {"requeue", "drop"}:
        print(f"{len(letters)} messages", file=sys.stderr)
    missing = sorted(set(options.ids) - {letter.id for letter in letters})
    for name in missing:
        print(f"dead_letters: {options.queue} has no {name}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
