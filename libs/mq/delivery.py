"""One message in a worker's hands."""

from dataclasses import dataclass, field
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind

from libs.mq.messages import Message
from libs.telemetry import propagation

_tracer = trace.get_tracer(__name__)


@dataclass
class Delivery[M: Message]:
    """A message as it came, what it says, and how it fared so far."""

    raw: Any  # one class a transport
    message: M | None = None
    result: Message | None = None
    attempts: int = 0
    # Why it becomes a dead letter, once nobody will handle it any more.
    reason: str | None = None
    due: float = 0.0
    span: Span = field(default=trace.INVALID_SPAN)

    @property
    def headers(self) -> dict[str, Any]:  # Any: AMQP's own types
        """Return the headers that it came with."""
        return dict(self.raw.headers or {})

    @property
    def count(self) -> int:
        """Return how often it was delivered before, as far as the broker counts that."""
        count = self.headers.get("x-delivery-count", 0)
        return count if isinstance(count, int) else 0

    @property
    def content(self) -> M:
        """Return what it says; it must have been read."""
        if self.message is None:
            raise ValueError("the message has not been read")
        return self.message

    def start_span(self, queue: str) -> Span:
        """Begin to record an attempt, in the trace that the message belongs to."""
        self.span = _tracer.start_span(
            f"process {queue}",
            propagation.extract(self.headers),
            SpanKind.CONSUMER,
            {"messaging.system": "kombu", "messaging.destination.name": queue},
        )
        return self.span
