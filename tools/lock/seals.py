"""Seals each entry of a lock: what it is the solution of, and that nobody edited it.

A seal stands in its own entry, so that locks of two branches merge line by line.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from tools.lock.inputs import Asked
from tools.lock.pins import Pin, read_pins

TITLE = (
    "# The solution of requirements.in for Python {python}, written by\n"
    "# `bazel run //:requirements.update`; an edit by hand fails a test.\n\n"
)


def _digest(*lines: str) -> str:
    text = "".join(line + "\n" for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def seal(pin: Pin, asked: Iterable[Asked], python: str) -> tuple[str, str]:
    """Return the digests of what was asked of a distribution, and of what was taken."""
    lines = sorted(it.text for it in asked if it.name == pin.name)
    extras = ",".join(pin.extras)
    taken = [f"{pin.name}[{extras}]=={pin.version};{pin.marker}", *sorted(pin.hashes)]
    return _digest(f"python {python}", *lines), _digest(*taken)


def format_lock(
    body: str,
    asked: Iterable[Asked],
    python: str,
    exempt: Mapping[str, datetime] | None = None,
) -> str:
    """Return a whole lock file: the solver's text, with a seal below each entry."""
    asked, exempt = list(asked), exempt or {}
    lines = body.splitlines(keepends=True)
    pins = read_pins(body)
    ends = [pin.line - 1 for pin in pins] + [len(lines)]
    # From the last to the first, so that the lines before stay where they are.
    for pin, end in reversed(list(zip(pins, ends[1:], strict=True))):
        own = "    # solved: {} {}\n".format(*seal(pin, asked, python))
        if pin.name in exempt:
            moment = exempt[pin.name].isoformat()
            own += f"    # without cooldown up to {moment}\n"
        lines.insert(end, own)
    return TITLE.format(python=python) + "".join(lines)
