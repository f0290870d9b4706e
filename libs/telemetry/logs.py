"""Writes log records as JSON, one object a line, each with its request's and trace's id."""

import functools
import json
import logging
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
    """Send this process's records to a stream as JSON; a second call replaces it."""
    # What no line tells isn't looked up for it.
    # https://docs.python.org/3/howto/logging.html#optimization
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    setattr(logging, "logAsyncioTasks", False)  # noqa: B010  # typeshed lacks it
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(handlers=[handler], level=level, force=True)
