"""The loop around a handler: it receives, retries, parks, acknowledges, reconnects and stops.

A handler is a pure function from messages to results. A message is acknowledged when its result is with the
broker, so it can be handled twice and is never lost; results must bear coming twice.

What a SIGKILL loses, by transport: amqp and disk nothing, since what was in hand is delivered again;
memory everything, since the queue dies with its process.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from libs.mq.errors import CONNECTION_ERRORS
from libs.mq.messages import Message
from libs.mq.queues import Queue
from libs.mq.session import Session

_log = logging.getLogger(__name__)

_LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class Retry:
    """How often, and after which pauses, a message is handled again that fails."""

    attempts: int = 4
    pause: float = 0.2
    growth: float = 4.0

    def delay(self, attempt: int) -> float:
        """Return the pause after a failed attempt, the first one being 1."""
        return self.pause * self.growth ** (attempt - 1)


type Handler[M: Message, R: Message] = Callable[[Sequence[M]], Sequence[R | None]]


@dataclass(frozen=True)
class Task[M: Message, R: Message]:
    """What a worker does: which messages it takes, and what becomes of them."""

    source: Queue
    wanted: type[M]
    # Returns one result, or None, for each message.
    handle: Handler[M, R]
    results: Queue | None = None
    retry: Retry = field(default_factory=Retry)
    # Messages handled at once at most.
    batch: int = 64
    # A message that was delivered more often than this kills its workers, and is parked.
    deliveries: int = 5


class Worker[M: Message, R: Message]:
    """Runs a task until it is told to stop."""

    def __init__(self, url: str, task: Task[M, R]) -> None:
        """Name the broker and the task."""
        self._url = url
        self._task = task
        # When the loop last went round, and when it last did with a connection.
        self._round = self._connected = -math.inf

    def run(self, stop: threading.Event, *, until_empty: bool = False) -> None:
        """Serve until told to stop, or until the queue is empty.

        What is in hand by then and not yet handled goes back to the queue.
        """
        failures = 0
        while not stop.is_set():
            self._round = time.monotonic()
            try:
                with Session(self._url, self._task) as session:
                    failures = 0
                    while not stop.is_set():
                        self._round = self._connected = time.monotonic()
                        if not session.step() and until_empty:
                            return
            except CONNECTION_ERRORS as error:
                failures += 1
                pause = min(0.1 * 2**failures, _LONGEST_PAUSE)
                _log.warning(
                    "no connection to the queue: %s; next try in %.1f s", error, pause
                )
                stop.wait(pause)

    def is_alive(self, seconds: float = 60.0) -> bool:
        """Return whether the loop has gone round of late, be it only to connect.

        Where it hasn't, a handler hangs, or takes longer than so many seconds.
        """
        return time.monotonic() - self._round < seconds

    def is_connected(self, seconds: float = 15.0) -> bool:
        """Return whether the loop has gone round with a connection of late."""
        return time.monotonic() - self._connected < seconds


def each[M: Message, R: Message](handle: Callable[[M], R | None]) -> Handler[M, R]:
    """Return a handler of many messages that handles one after the other."""
    return lambda messages: [handle(message) for message in messages]
