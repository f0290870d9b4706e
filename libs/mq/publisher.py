"""Sends messages to a queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from kombu.connection import Connection

from libs.mq import messages, queues
from libs.mq.connections import keep_alive, open_connection
from libs.mq.errors import CONNECTION_ERRORS, BrokerError
from libs.mq.messages import Message
from libs.mq.outbox import Letter, Outbox
from libs.mq.queues import Queue
from libs.telemetry import propagation


@dataclass(frozen=True)
class Outgoing:
    """A message, and the headers that continue the trace that it belongs to."""

    message: Message
    headers: propagation.Headers = field(default_factory=propagation.inject)


class Publisher:
    """Sends messages to one queue, and reconnects as needed; for one thread at a time."""

    def __init__(self, url: str, queue: Queue) -> None:
        """Name the queue; the connection is made when it is first needed."""
        self._url = url
        self._queue = queue
        self._connection: Connection | None = None
        self._outbox: Outbox | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def publish(self, outgoing: Sequence[Outgoing]) -> list[bool]:
        """Return for each message whether the queue took it: a full one takes none.

        Raises:
            BrokerError: Nobody knows whether any was taken.
        """
        letters = [
            Letter(self._queue.name, messages.encode(each.message), dict(each.headers))
            for each in outgoing
        ]
        if self._outbox is not None:
            try:
                return self._outbox.send(letters)
            except CONNECTION_ERRORS:
                # The broker may have been restarted since; a new connection tells.
                self.close()
        try:
            return self._connected().send(letters)
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
        connection, self._connection, self._outbox = self._connection, None, None
        if connection is not None:
            connection.collect()

    def _connected(self) -> Outbox:
        connection = self._connection = open_connection(self._url)
        with connection.channel() as channel:
            queues.declare(self._queue, channel)
        self._outbox = Outbox(connection)
        return self._outbox
