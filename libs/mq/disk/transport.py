"""A kombu transport on local disk: two processes of one machine need no broker.

kombu's own `filesystem` transport forgets a message when it is delivered, so that a killed worker loses
it; this one keeps it until it is acknowledged.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual

from libs.mq.disk.store import DiskStore, Taken

# Messages taken at once by a consumer that sets no limit of its own.
_BATCH = 100
_UNLIMITED = 10**12

type Payload = dict[str, Any]  # Any: kombu's own type


class _Holdings(virtual.QoS):
    """The messages that a channel has in hand."""

    def ack(self, delivery_tag: int) -> None:
        self.channel.settled.append(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: int, requeue: bool = False) -> None:
        if requeue:
            self.channel.store.give_back([delivery_tag])
        else:
            self.channel.settled.append(delivery_tag)
        super().ack(delivery_tag)

    # pyrefly: ignore[bad-override]  # kombu is typed in part
    def restore_unacked(self) -> list[object]:
        self._flush()
        delivered: Any = self._delivered
        self.channel.store.give_back(list(delivered))
        delivered.clear()
        return []


class Channel(virtual.Channel):
    """A virtual channel over a DiskStore."""

    QoS = _Holdings
    # Bodies are JSON text already.
    body_encoding = "utf-8"

    def __init__(self, connection: Any, **options: Any) -> None:
        """Open the store in the folder that the connection's options name."""
        super().__init__(connection, **options)
        self.store = DiskStore(Path(connection.client.transport_options["folder"]))
        self.settled: list[int] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write what is published inside at once."""
        with self.store.transaction():
            yield

    def close(self) -> None:
        """Settle what was acknowledged, and give back the rest."""
        if not self.closed:
            self._settle()
            super().close()
            self.store.close()

    def _settle(self) -> None:
        # Acknowledgements wait for the next look at the queue, and are written together.
        if self.settled:
            self.store.settle(self.settled)
            self.settled.clear()

    def _get_many(self, queues: list[str], **_: Any) -> None:
        self._settle()
        self.store.reclaim()
        wanted = self.qos.can_consume_max_estimate()
        messages = self.store.take(queues, _BATCH if wanted is None else wanted)
        if not messages:
            raise Empty
        for message in messages:
            self.connection._deliver(_payload(message), message.queue)

    def _get(self, queue: str, timeout: float | None = None) -> Payload:  # noqa: ARG002
        self._settle()
        self.store.reclaim()
        for message in self.store.take([queue], 1):
            return _payload(message)
        raise Empty

    def encode_body(
        self, body: str | bytes, encoding: str | None = None
    ) -> tuple[str, str]:
        """Return a body as text: JSON can't hold bytes."""
        text = (
            body.decode(errors="backslashreplace") if isinstance(body, bytes) else body
        )
        return text, encoding or self.body_encoding

    def _put(self, queue: str, message: Payload, **_: Any) -> None:
        self.store.put(queue, message["body"], json.dumps(message["headers"]))

    def _new_queue(self, queue: str, **options: Any) -> None:
        limit = (options.get("arguments") or {}).get("x-max-length", _UNLIMITED)
        self.store.declare(queue, limit)

    # pyrefly: ignore[bad-override]  # kombu is typed in part
    def _size(self, queue: str) -> int:
        return self.store.size(queue)

    def _purge(self, queue: str) -> int:
        return self.store.purge(queue)


class Transport(virtual.Transport):
    """The transport that `kombu.Connection` is given."""

    Channel = Channel
    driver_type = "disk"
    driver_name = "disk"
    polling_interval = 0.01

    # pyrefly: ignore[bad-override]  # kombu is typed in part
    def driver_version(self) -> str:
        """Return the version that kombu reports of a driver."""
        return "1"


def _payload(message: Taken) -> Payload:
    """Return a message as kombu wants it, whoever wrote it into the file."""
    return {
        # A lone surrogate would break kombu, which makes bytes of this.
        "body": message.body.encode(errors="backslashreplace").decode(),
        # RabbitMQ's quorum queues count as well how often it was delivered before.
        "headers": _headers(message) | {"x-delivery-count": message.deliveries - 1},
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "properties": {
            "body_encoding": "utf-8",
            "delivery_tag": message.id,
            "delivery_info": {"exchange": "", "routing_key": message.queue},
        },
    }


def _headers(message: Taken) -> Payload:
    try:
        headers = json.loads(message.headers)
    except ValueError, RecursionError:
        headers = None
    # Somebody else may have written this row.
    return headers if isinstance(headers, dict) else {}
