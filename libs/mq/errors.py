"""What a broken connection looks like, whatever the transport."""

import sqlite3

from kombu.exceptions import OperationalError
from kombu.transport.pyamqp import Transport

# OSError covers time-outs and sockets. The AMQP errors are of no use in an `except` of their own: whatever the
# broker complains of, a new connection is the answer.
CONNECTION_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    sqlite3.Error,
    OperationalError,
    *Transport.connection_errors,
    *Transport.channel_errors,
)


class BrokerError(Exception):
    """A broker that can't be reached, or that doesn't answer."""
