"""Sends messages in batches, and knows of each one whether the broker has taken it."""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from kombu.connection import Connection

from libs.mq.disk_store import FullError

_CONFIRM_SECONDS = 10.0
_BEAT_SECONDS = 0.5


@dataclass(frozen=True)
class Letter:
    """A message as it is sent."""

    queue: str
    body: str | bytes
    headers: dict[str, Any] = field(default_factory=dict)  # Any: AMQP's own types


class Outbox:
    """A channel that only sends; used by one thread at a time."""

    def __init__(self, connection: Connection) -> None:
        """Open a channel on a connection, and ask for confirms where there are any."""
        self._channel: Any = connection.channel()  # Any: one class a transport
        confirms = hasattr(self._channel, "confirm_select")
        self._confirms = _Confirms(connection, self._channel) if confirms else None

    def send(self, letters: Sequence[Letter]) -> list[bool]:
        """Return for each message whether it was taken: a full queue takes none.

        An error of the connection means that nobody knows; to send again is safe where the
        readers bear seeing a message twice.
        """
        if self._confirms is None:
            with getattr(self._channel, "transaction", nullcontext)():
                return [self._was_put(letter) for letter in letters]
        tags = []
        for letter in letters:
            # An early confirm can arrive while later messages are sent.
            tags.append(self._confirms.expect())
            self._publish(letter)
        return self._confirms.wait(tags)

    def _was_put(self, letter: Letter) -> bool:
        try:
            self._publish(letter)
        except FullError:
            return False
        return True

    def _publish(self, letter: Letter) -> None:
        message = self._channel.prepare_message(
            letter.body,
            content_type="application/json",
            content_encoding="utf-8",
            headers=dict(letter.headers),
            properties={"delivery_mode": 2},
        )
        # Mandatory: a message for a queue that is gone is an error, not a loss.
        self._channel.basic_publish(
            message, exchange="", routing_key=letter.queue, mandatory=True
        )


class _Confirms:
    """RabbitMQ's publisher confirms, many at a time.

    kombu's own `confirm_publish` waits for each message alone: a round trip to the disk for
    every one. https://www.rabbitmq.com/docs/confirms
    """

    def __init__(self, connection: Connection, channel: Any) -> None:  # Any: see Outbox
        self._connection = connection
        self._sent = 0
        self._open: set[int] = set()
        self._refused: set[int] = set()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)

    def expect(self) -> int:
        """Return the tag of the message that is sent next."""
        self._sent += 1
        self._open.add(self._sent)
        return self._sent

    def wait(self, tags: Sequence[int]) -> list[bool]:
        """Return for each of the messages whether it was taken, once that is known."""
        deadline = time.monotonic() + _CONFIRM_SECONDS
        while self._open:
            if time.monotonic() > deadline:
                raise TimeoutError("the broker confirmed nothing in time")
            try:
                self._connection.drain_events(timeout=_BEAT_SECONDS)
            except TimeoutError:
                self._connection.heartbeat_check()
        refused, self._refused = self._refused, set()
        return [tag not in refused for tag in tags]

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused |= self._settle(tag, multiple)

    def _settle(self, tag: int, multiple: object) -> set[int]:
        settled = {each for each in self._open if each <= tag} if multiple else {tag}
        self._open -= settled
        return settled
