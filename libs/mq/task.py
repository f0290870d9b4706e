"""What a worker does: which messages it takes, how each is handled, and what becomes of failures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from libs.mq.messages import Message
from libs.mq.queues import Queue

# With what else a process does at its end, less than the 10 s after which `docker stop` kills.
GRACE_SECONDS = 6.0


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
    """A queue, and the function from its messages to results."""

    source: Queue
    wanted: type[M]
    # Returns one result, or None, for each message.
    handle: Handler[M, R]
    results: Queue | None = None
    retry: Retry = field(default_factory=Retry)
    # Messages handled at once at most, and held back from others twice as many: few, where each takes long.
    batch: int = 64
    # A handler that takes longer than so many seconds at once is taken to hang.
    longest: float = 900.0
    # A message that was delivered more often than this kills its workers, and becomes a dead letter.
    deliveries: int = 5


def each[M: Message, R: Message](handle: Callable[[M], R | None]) -> Handler[M, R]:
    """Return a handler of many messages that handles one after the other."""
    return lambda messages: [handle(message) for message in messages]
