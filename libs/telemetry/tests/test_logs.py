"""Tests of logs, as JSON and for a person at a terminal."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from libs.telemetry import logs, request_ids


@pytest.fixture(autouse=True)
def _root_logger() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:  # Any: what JSON gives
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_line_tells_what_when_and_who() -> None:
    stream = io.StringIO()
    logs.configure("shop", stream)

    logging.getLogger("till").warning("%d left", 3, extra={"item": "pen"})

    [line] = _lines(stream)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "service": "shop",
        "logger": "till",
        "message": "3 left",
        "item": "pen",
    }


def test_line_names_its_request() -> None:
    stream = io.StringIO()
    logs.configure("shop", stream)
    token = request_ids.current.set("r1")

    logging.getLogger("till").info("sold")
    request_ids.current.reset(token)
    logging.getLogger("till").info("closed")

    assert [line.get("request_id") for line in _lines(stream)] == ["r1", None]


def test_line_that_names_its_own_request_is_believed() -> None:
    stream = io.StringIO()
    logs.configure("shop", stream)
    token = request_ids.current.set("r1")

    logging.getLogger("till").info("sold", extra={"request_id": "r2"})
    request_ids.current.reset(token)

    [line] = _lines(stream)
    assert line["request_id"] == "r2"


def test_newlines_cannot_forge_a_line() -> None:
    stream = io.StringIO()
    logs.configure("shop", stream)

    logging.getLogger("till").info('a\n{"level": "ERROR"}\u2028\udcff')

    [line] = _lines(stream)
    assert line["message"].startswith("a\n{")


def test_exception_is_one_line_with_its_traceback() -> None:
    stream = io.StringIO()
    logs.configure("shop", stream)

    try:
        raise ValueError("no pens")
    except ValueError:
        logging.getLogger("till").exception("failed")

    [line] = _lines(stream)
    assert line["exception"].endswith("ValueError: no pens")


def test_second_configuration_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    logs.configure("shop", first)
    logs.configure("shop", second)

    logging.getLogger("till").info("sold")

    assert (len(_lines(first)), len(_lines(second))) == (0, 1)


def test_level_drops_what_is_below() -> None:
    stream = io.StringIO()
    logs.configure("shop", stream, level="ERROR")

    logging.getLogger("till").warning("few left")

    assert _lines(stream) == []


class Terminal(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return what the records go to."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    logs.configure("shop", terminal)
    return terminal


def test_person_reads_a_line_of_text(terminal: Terminal) -> None:
    logging.getLogger("till").info("%d left", 3, extra={"item": "pen", "price": 2})

    line = terminal.getvalue()
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    3 left item=pen price=2\n", line)


def test_person_sees_warnings_in_colour_unless_that_is_not_wanted(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.getLogger("till").warning("few left")
    monkeypatch.setenv("NO_COLOR", "1")
    logging.getLogger("till").warning("none left")

    first, second = terminal.getvalue().splitlines()
    assert first.startswith("\x1b[33m")
    assert first.endswith("few left\x1b[0m")
    assert "\x1b" not in second


def test_nothing_that_is_logged_steers_the_terminal(terminal: Terminal) -> None:
    logging.getLogger("till").info("\x1b[2Ja\nb\r", extra={"item": "\x07é"})

    line = terminal.getvalue()
    assert line.endswith("\\x1b[2Ja\\nb\\r item=\\x07é\n")


def test_person_reads_a_traceback_in_lines(terminal: Terminal) -> None:
    try:
        raise ValueError("no pens")
    except ValueError:
        logging.getLogger("till").exception("failed")

    assert "\nTraceback (most recent call last):\n" in terminal.getvalue()
    assert "\nValueError: no pens" in terminal.getvalue()
