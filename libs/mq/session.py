"""One connection's worth of a worker: what is in hand, and what becomes of it."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Any

from kombu.messaging import Consumer
from opentelemetry import metrics, trace

from libs.mq import dead_letters, messages, queues
from libs.mq.connections import keep_alive, open_connection
from libs.mq.delivery import Delivery
from libs.mq.errors import CONNECTION_ERRORS
from libs.mq.handling import HandlerThread
from libs.mq.messages import Message, UnreadableError
from libs.mq.publisher import ConfirmingPublisher, Outgoing
from libs.mq.task import Task
from libs.telemetry import propagation

_log = logging.getLogger(__name__)
_handled = metrics.get_meter(__name__).create_counter(
    "mq.deliveries", description="Messages by what became of them."
)

# How long to wait for a message before looking whether it is time to stop.
_PATIENCE = 0.1
# How long to keep a message whose result, or whose rejection, finds a full queue.
_FULL_PAUSE = 0.5


# Called while a handler works, with its seconds so far and whether the connection holds. What it raises ends the
# session: the messages in hand go back to the queue.
type Watch = Callable[[float, bool], None]


class Session[M: Message, R: Message]:
    """Receives, handles and acknowledges until the connection breaks."""

    def __init__(
        self, url: str, task: Task[M, R], thread: HandlerThread, watch: Watch
    ) -> None:
        """Connect, and begin to receive."""
        self._task = task
        self._thread = thread
        self._watch = watch
        self._next_beat = 0.0
        self._inbox: deque[Any] = deque()  # Any: one message class a transport
        self._waiting: list[Delivery[M]] = []
        self._connection = open_connection(url)
        try:
            self._sender = self._begin()
        except BaseException:
            self._connection.collect()
            raise

    def close(self) -> None:
        """Close the connection: the broker gives back what is in hand."""
        try:
            self._connection.close()
        except CONNECTION_ERRORS:
            _log.debug("the connection was gone already", exc_info=True)

    def _begin(self) -> ConfirmingPublisher:
        channel = self._connection.channel()
        source = queues.declare(self._task.source, channel)
        if self._task.results:
            queues.declare(self._task.results, channel)
        sender = ConfirmingPublisher(self._connection)
        consumer = Consumer(channel, [source], on_message=self._inbox.append)
        consumer.qos(prefetch_count=2 * self._task.batch)
        consumer.consume()
        return sender

    def step(self) -> bool:
        """Handle what is there, waiting a little for it; return whether anything was."""
        self._receive()
        deliveries = self._due()
        if deliveries:
            started = time.monotonic()
            self._finish(self._handle(deliveries))
            self._log_work(len(deliveries), time.monotonic() - started)
        return bool(deliveries or self._waiting or self._inbox)

    def _log_work(self, count: int, seconds: float) -> None:
        line = {
            "queue": self._task.source.name,
            "count": count,
            "milliseconds": round(1000 * seconds, 3),
        }
        _log.info("messages handled", extra=line)

    def _receive(self) -> None:
        timeout = 0.0 if self._inbox else self._patience()
        while len(self._inbox) < self._task.batch:
            try:
                self._connection.drain_events(timeout=timeout)
            except TimeoutError:
                break
            timeout = 0.0
        if self._connection.supports_heartbeats:
            self._connection.heartbeat_check()

    def _patience(self) -> float:
        now = time.monotonic()
        due = [delivery.due - now for delivery in self._waiting]
        return max(0.0, min([_PATIENCE, *due]))

    def _due(self) -> list[Delivery[M]]:
        """Return what is to be handled now: retries whose time has come, then the new."""
        now = time.monotonic()
        due = [delivery for delivery in self._waiting if delivery.due <= now]
        self._waiting = [d for d in self._waiting if d.due > now]
        while self._inbox and len(due) < self._task.batch:
            due.append(self._open(self._inbox.popleft()))
        for delivery in due:
            if delivery.reason is not None:
                self._reject(delivery, delivery.reason)
        return [delivery for delivery in due if delivery.reason is None]

    def _open(self, raw: Any) -> Delivery[M]:  # Any: see _inbox
        delivery: Delivery[M] = Delivery(raw)
        try:
            delivery.message = messages.decode(raw.body or "", self._task.wanted)
        except UnreadableError as error:
            delivery.reason = str(error)
        if delivery.count >= self._task.deliveries:
            delivery.reason = f"delivered {delivery.count} times without an answer"
        return delivery

    def _handle(self, deliveries: list[Delivery[M]]) -> list[Delivery[M]]:
        """Give messages to the handler, and return those that it has handled."""
        error = self._attempt(deliveries)
        if error is None:
            return deliveries
        if len(deliveries) == 1:
            self._fail(deliveries[0], error)
            return []
        _log.warning(
            "%d messages failed together; each is handled alone",
            len(deliveries),
            exc_info=error,
        )
        return [d for delivery in deliveries for d in self._handle([delivery])]

    def _attempt(self, deliveries: list[Delivery[M]]) -> BaseException | None:
        """Keep what the handler makes of messages, or return why it failed."""
        contents = [delivery.content for delivery in deliveries]
        spans = [d.start_span(self._task.source.name) for d in deliveries]
        # With several messages none of their traces is the current one.
        span = spans[0] if len(spans) == 1 else trace.INVALID_SPAN

        def handle() -> list[R | None]:
            with trace.use_span(span):
                results = self._task.handle(contents)
                return [r for _, r in zip(contents, results, strict=True)]

        try:
            future = self._thread.submit(handle)
            self._keep_alive_until(future)
        finally:
            for started in spans:
                started.end()
        if error := future.exception():
            return error
        for delivery, result in zip(deliveries, future.result(), strict=True):
            delivery.result = result
        return None

    def _keep_alive_until(self, future: Future[list[R | None]]) -> None:
        """Keep the connection while the handler works.

        Where it breaks, its error is raised once the handler has ended: the messages come again, and no two
        handlers of a worker shall have them at once.
        """
        started = time.monotonic()
        broken: Exception | None = None
        while not wait([future], max(0.0, self._next_beat - time.monotonic())).done:
            self._next_beat = time.monotonic() + _PATIENCE
            if broken is None:
                try:
                    keep_alive(self._connection)
                except CONNECTION_ERRORS as error:
                    _log.warning("connection lost while a handler works: %s", error)
                    broken = error
            self._watch(time.monotonic() - started, broken is None)
        if broken is not None:
            raise broken

    def _fail(self, delivery: Delivery[M], error: BaseException) -> None:
        delivery.attempts += 1
        if delivery.attempts >= self._task.retry.attempts:
            _log.error("message dead-lettered", exc_info=error)
            self._reject(delivery, f"failed {delivery.attempts} times: {error!r}")
            return
        _log.warning("message failed; it is tried again", exc_info=error)
        self._postpone(delivery, self._task.retry.delay(delivery.attempts), "retried")

    def _finish(self, deliveries: Sequence[Delivery[M]]) -> None:
        """Send the results; acknowledge each message whose result is with the broker."""
        replies = [delivery for delivery in deliveries if delivery.result is not None]
        refused = set()
        if replies:
            if self._task.results is None:
                raise ValueError("a handler gave a result, and its task has no queue")
            sent = [self._reply(delivery) for delivery in replies]
            taken = self._sender.send(self._task.results.name, sent)
            refused = {id(d) for d, ok in zip(replies, taken, strict=True) if not ok}
        for delivery in deliveries:
            if id(delivery) in refused:
                self._postpone(delivery, _FULL_PAUSE, "held")
            else:
                self._acknowledge(delivery, "done")

    @staticmethod
    def _reply(delivery: Delivery[M]) -> Outgoing:
        assert delivery.result is not None  # noqa: S101  # for the type checker
        return Outgoing(
            messages.encode(delivery.result), propagation.of_span(delivery.span)
        )

    def _reject(self, delivery: Delivery[M], reason: str) -> None:
        """Move a message to the dead letters."""
        delivery.reason = reason
        headers = delivery.headers | {dead_letters.REASON: reason[:500]}
        letter = Outgoing(delivery.raw.body or "", headers)
        [taken] = self._sender.send(self._task.source.dead, [letter])
        if taken:
            self._acknowledge(delivery, "dead-lettered")
        else:
            self._postpone(delivery, _FULL_PAUSE, "held")

    def _postpone(self, delivery: Delivery[M], pause: float, outcome: str) -> None:
        delivery.due = time.monotonic() + pause
        self._waiting.append(delivery)
        self._count(outcome)

    def _acknowledge(self, delivery: Delivery[M], outcome: str) -> None:
        delivery.raw.ack()
        self._count(outcome)

    def _count(self, outcome: str) -> None:
        _handled.add(1, {"queue": self._task.source.name, "outcome": outcome})
