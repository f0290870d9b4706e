"""Names queues, and what may be in them."""

from dataclasses import dataclass
from typing import Any

from kombu.entity import Queue as Declaration


@dataclass(frozen=True)
class Queue:
    """A queue, and beside it one for the messages that nobody could handle."""

    name: str
    # A fuller queue refuses messages, so that whoever sends them slows down.
    capacity: int = 10_000

    @property
    def dead(self) -> str:
        """Return the name of the queue of its dead letters."""
        return f"{self.name}.dead"


def declare(
    queue: Queue, channel: Any
) -> Declaration:  # Any: one channel class a transport
    """Make a queue and its dead-letter queue exist, and return kombu's form of it."""
    declare_dead(queue, channel)
    declared = Declaration(
        queue.name,
        max_length=queue.capacity,
        # RabbitMQ's replicated queue: on disk before it confirms, and it counts how
        # often a message was delivered. https://www.rabbitmq.com/docs/quorum-queues
        # A new queue's own name is written by a timer, though: a broker of one node that
        # is killed within 2 s of the first declaration forgets the queue (seen on 4.3.6).
        queue_arguments={
            "x-queue-type": "quorum",
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": queue.dead,
            "x-dead-letter-strategy": "at-least-once",
        },
    )(channel)
    declared.declare()
    return declared


def declare_dead(queue: Queue, channel: Any) -> Declaration:  # Any: see declare
    """Make the queue of another's dead letters exist, and return kombu's form of it."""
    # Dead letters may be looked at any number of times.
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": -1}
    declared = Declaration(queue.dead, queue_arguments=arguments)(channel)
    declared.declare()
    return declared
