"""Writes log records: as JSON, one object a line with its request's and trace's id, and at a terminal for a person."""

import functools
import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

from opentelemetry import trace

from libs.telemetry import request_ids

# What every record has, and uvicorn's second form of a message; the rest came in by
# `extra`.
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "color_message",
}

# Of a terminal, for what somebody should look at.
_COLOURS = {"WARNING": 33, "ERROR": 31, "CRITICAL": 31}

_encode = json.JSONEncoder(default=str).encode


class JsonFormatter(logging.Formatter):
    """Turns a record into one line of ASCII: nothing that is logged forges a line."""

    def __init__(self, service: str) -> None:
        """Name the service that every line comes from."""
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a JSON object."""
        line: dict[str, object] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03}+00:00",
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= _context()
        own = vars(record)
        # In the order of their names, so that lines can be compared.
        for name in sorted(own.keys() - _KNOWN):
            line[name] = own[name]
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line)


class TextFormatter(logging.Formatter):
    """Turns a record into text for a person: nothing that is logged steers the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record in one line, with the lines of a traceback below."""
        own = vars(record)
        extra = (f" {name}={own[name]}" for name in sorted(own.keys() - _KNOWN))
        lines = [f"{record.getMessage()}{''.join(extra)}"]
        if record.exc_info:
            lines += self.formatException(record.exc_info).splitlines()
        time = self.formatTime(record, "%H:%M:%S")
        text = f"{time} {record.levelname:<7} " + "\n".join(map(_printable, lines))
        colour = _COLOURS.get(record.levelname)
        if colour and not os.environ.get("NO_COLOR"):
            return f"\x1b[{colour}m{text}\x1b[0m"
        return text


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


@functools.lru_cache(maxsize=1)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _context() -> dict[str, str]:
    """Return the ids of what is being done."""
    ids: dict[str, str] = {}
    if request_id := request_ids.current.get():
        ids["request_id"] = request_id
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        ids["trace_id"] = trace.format_trace_id(context.trace_id)
        ids["span_id"] = trace.format_span_id(context.span_id)
    return ids


def configure(service: str, stream: TextIO | None = None, level: str = "INFO") -> None:
    """Send this process's records to a stream, by default stderr; a second call replaces it."""
    # What no line tells isn't looked up for it.
    # https://docs.python.org/3/howto/logging.html#optimization
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    setattr(logging, "logAsyncioTasks", False)  # noqa: B010  # typeshed lacks it
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter() if stream.isatty() else JsonFormatter(service))
    logging.basicConfig(handlers=[handler], level=level, force=True)
