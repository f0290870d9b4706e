"""The lock's header: what it is the solution of, and that nobody edited it since."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tools.lock.requirements import logical_lines

TITLE = (
    "# The solution of requirements.in for Python {python}, written by\n"
    "# `bazel run //:requirements.update`; an edit by hand fails a test.\n"
)
FIELD = re.compile(r"^# (inputs|solution): (sha256:[0-9a-f]{64})$", re.MULTILINE)
EXEMPT = re.compile(r"^# without cooldown: (\S+) up to (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Header:
    """What the first lines of the lock say."""

    inputs: str | None = None
    solution: str | None = None
    exempt: dict[str, datetime] = field(default_factory=dict)
    """Distributions taken younger than the rest, and until when theirs were taken."""


def _digest(lines: Iterable[str]) -> str:
    text = "".join(line + "\n" for line in lines)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def inputs_digest(requirements_in: str, python: str) -> str:
    """Return the digest of what is asked for; comments and order don't count."""
    lines = sorted(" ".join(line.split()) for _, line in logical_lines(requirements_in))
    return _digest([f"python {python}", *lines])


def solution_digest(lock: str) -> str:
    """Return the digest of the pins and hashes of a lock; comments don't count."""
    return _digest(" ".join(line.split()) for _, line in logical_lines(lock))


def read_header(lock: str) -> Header:
    """Return the header of a lock, as far as it has one."""
    fields = dict(FIELD.findall(lock))
    exempt = {
        name: datetime.fromisoformat(moment) for name, moment in EXEMPT.findall(lock)
    }
    return Header(fields.get("inputs"), fields.get("solution"), exempt)


def format_lock(
    body: str, requirements_in: str, python: str, exempt: dict[str, datetime]
) -> str:
    """Return a whole lock file: the header and the solver's text."""
    lines = [
        TITLE.format(python=python),
        f"# inputs: {inputs_digest(requirements_in, python)}\n",
        f"# solution: {solution_digest(body)}\n",
    ]
    for name, moment in sorted(exempt.items()):
        lines.append(f"# without cooldown: {name} up to {moment.isoformat()}\n")
    return "".join([*lines, "\n", body])
