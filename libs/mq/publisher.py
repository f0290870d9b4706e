"""Sends messages in batches, and knows of each one whether the broker has taken it."""

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Self

from kombu.connection import Connection

from libs.mq import queues
from libs.mq.connections import keep_alive, open_connection
from libs.mq.disk.store import FullError
from libs.mq.errors import CONNECTION_ERRORS, BrokerError
from libs.mq.messages import Message, encode
from libs.mq.queues import Queue
from libs.telemetry import propagation

_CONFIRM_SECONDS = 10.0
_BEAT_SECONDS = 0.5


@dataclass(frozen=True)
class Outgoing:
    """A message as it is sent: its text, and headers such as those that continue its trace."""

    body: str | bytes
    headers: Mapping[str, Any] = field(default_factory=dict)  # Any: AMQP's own types

    @classmethod
    def of(cls, message: Message) -> Self:
        """Return a message in the current trace."""
        return cls(encode(message), propagation.inject())


class ConfirmingPublisher:
    """A channel that only sends; used by one thread at a time."""

    def __init__(self, connection: Connection) -> None:
        """Open a channel on a connection, and ask for confirms where there are any."""
        self._channel: Any = connection.channel()  # Any: one class a transport
        confirms = hasattr(self._channel, "confirm_select")
        self._confirms = _Confirms(connection, self._channel) if confirms else None

    def send(self, queue: str, messages: Sequence[Outgoing]) -> list[bool]:
        """Return for each message whether it was taken: a full queue takes none.

        An error of the connection means that nobody knows; to send again is safe where the
        readers bear seeing a message twice.
        """
        if self._confirms is None:
            with getattr(self._channel, "transaction", nullcontext)():
                return [self._was_put(queue, message) for message in messages]
        tags = []
        for message in messages:
            # An early confirm can arrive while later messages are sent.
            tags.append(self._confirms.expect())
            self._publish(queue, message)
        return self._confirms.wait(tags)

    def _was_put(self, queue: str, message: Outgoing) -> bool:
        try:
            self._publish(queue, message)
        except FullError:
            return False
        return True

    def _publish(self, queue: str, outgoing: Outgoing) -> None:
        message = self._channel.prepare_message(
            outgoing.body,
            content_type="application/json",
            content_encoding="utf-8",
            headers=dict(outgoing.headers),
            properties={"delivery_mode": 2},
        )
        # Mandatory: a message for a queue that is gone is an error, not a loss.
        self._channel.basic_publish(
            message, exchange="", routing_key=queue, mandatory=True
        )


class Publisher:
    """Sends messages to one queue, and reconnects as needed; for one thread at a time."""

    def __init__(self, url: str, queue: Queue) -> None:
        """Name the queue; the connection is made when it is first needed."""
        self._url = url
        self._queue = queue
        self._connection: Connection | None = None
        self._sender: ConfirmingPublisher | None = None

    def publish(self, messages: Sequence[Outgoing]) -> list[bool]:
        """Return for each message whether the queue took it: a full one takes none.

        Raises:
            BrokerError: Nobody knows whether any was taken.
        """
        if self._sender is not None:
            try:
                return self._sender.send(self._queue.name, messages)
            except CONNECTION_ERRORS:
                # The broker may have been restarted since; a new connection tells.
                self.close()
        try:
            return self._connected().send(self._queue.name, messages)
        except CONNECTION_ERRORS as error:
            self.close()
            raise BrokerError(f"queue {self._queue.name}: {error}") from error

    def check(self) -> None:
        """Raise BrokerError unless the queue can be reached."""
        self.publish([])

    def keep_alive(self) -> None:
        """Answer the broker's heartbeats, if there is a connection; to be called every second or so."""
        if self._connection is not None:
            try:
                keep_alive(self._connection)
            except CONNECTION_ERRORS:
                # The next message finds a new one.
                self.close()

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection, self._sender = self._connection, None, None
        if connection is not None:
            connection.collect()

    def _connected(self) -> ConfirmingPublisher:
        connection = self._connection = open_connection(self._url)
        with connection.channel() as channel:
            queues.declare(self._queue, channel)
        self._sender = ConfirmingPublisher(connection)
        return self._sender


class _Confirms:
    """RabbitMQ's publisher confirms, many at a time.

    kombu's own `confirm_publish` waits for each message alone: a round trip to the disk for
    every one. https://www.rabbitmq.com/docs/confirms
    """

    def __init__(self, connection: Connection, channel: Any) -> None:  # Any: see above
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
        settled = (
            {open_tag for open_tag in self._open if open_tag <= tag}
            if multiple
            else {tag}
        )
        self._open -= settled
        return settled
