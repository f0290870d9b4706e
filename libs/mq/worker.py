"""The loop around a handler: it receives, retries, dead-letters, acknowledges, reconnects and stops.

A handler is a pure function from messages to results. A message is acknowledged when its result is with the
broker, so it can be handled twice and is never lost; results must bear coming twice.

A handler runs in a thread of its own, always the same one, while the loop's thread keeps the connection: it may take
longer than a heartbeat. One in C that holds the GIL all the while silences both, and belongs into a process.
RabbitMQ takes back what is not acknowledged within its consumer_timeout, by default 30 minutes:
https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout

What a SIGKILL loses, by transport: amqp and disk nothing, since what was in hand is delivered again;
memory everything, since the queue dies with its process.
"""

import logging
import math
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from libs.mq.errors import CONNECTION_ERRORS
from libs.mq.handling import HandlerThread
from libs.mq.messages import Message
from libs.mq.session import Session
from libs.mq.task import GRACE_SECONDS, Task

_log = logging.getLogger(__name__)

_LONGEST_PAUSE = 5.0
_GLANCE = 0.05


class _GraceOverError(Exception):
    """A handler that goes on for too long after a stop."""


@dataclass
class _Grace:
    """How long a handler may go on after a stop."""

    stop: threading.Event
    seconds: float
    end: float = math.inf

    def is_over(self) -> bool:
        now = time.monotonic()
        if self.stop.is_set():
            self.end = min(self.end, now + self.seconds)
        return now >= self.end


class Worker[M: Message, R: Message]:
    """Runs a task until it is told to stop."""

    def __init__(self, url: str, task: Task[M, R]) -> None:
        """Name the broker and the task."""
        self._url = url
        self._task = task
        # When the loop last ticked, and when it last did with a connection.
        self._ticked = self._connected = -math.inf

    def run(
        self,
        stop: threading.Event,
        *,
        until_empty: bool = False,
        grace: float = GRACE_SECONDS,
    ) -> None:
        """Serve until told to stop, or until the queue is empty.

        What is in hand by then and not yet handled goes back to the queue; so does what a handler still works
        at when the seconds of grace are over.
        """
        watch = partial(self._watch, _Grace(stop, grace))
        failures = 0
        with closing(HandlerThread(self._task.source.name)) as thread:
            while not stop.is_set():
                self._ticked = time.monotonic()
                try:
                    with closing(
                        Session(self._url, self._task, thread, watch)
                    ) as session:
                        failures = 0
                        while not stop.is_set():
                            self._ticked = self._connected = time.monotonic()
                            if not session.step() and until_empty:
                                return
                except CONNECTION_ERRORS as error:
                    failures += 1
                    pause = min(0.1 * 2**failures, _LONGEST_PAUSE)
                    _log.warning(
                        "no connection to the queue: %s; next try in %.1f s",
                        error,
                        pause,
                    )
                    _pause(stop, pause)
                except _GraceOverError:
                    _log.warning("stopped while a handler works; its messages go back")

    def _watch(self, grace: _Grace, seconds: float, is_connected: bool) -> None:
        now = time.monotonic()
        if seconds < self._task.longest:
            self._ticked = now
        if is_connected:
            self._connected = now
        if grace.is_over():
            raise _GraceOverError

    def is_alive(self, seconds: float = 60.0) -> bool:
        """Return whether the loop ticked within so many seconds, even if only to reconnect.

        It also ticks while a handler works, for as long as the task allows one to.
        """
        return time.monotonic() - self._ticked < seconds

    def is_connected(self, seconds: float = 15.0) -> bool:
        """Return whether the loop ticked with a connection within so many seconds."""
        return time.monotonic() - self._connected < seconds


def _pause(stop: threading.Event, seconds: float) -> None:
    """Wait, but no longer than until told to stop.

    Not by `stop.wait`: where a signal's handler sets the event, and interrupts just that call in its own
    thread, it waits for itself.
    """
    end = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < end:
        time.sleep(_GLANCE)
