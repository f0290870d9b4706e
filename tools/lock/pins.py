"""Reads the entries of a lock, passing over what is none, such as conflict markers.

Standard library only, as all that run.py imports. Vocabulary: a pin is one entry, its
seal two digests, of what was asked for and of what the solver took.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tools.workspace.names import normalise

LOCK = "requirements_lock.txt"
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_PIN = re.compile(
    rf"(?P<name>{NAME})\s*(?:\[(?P<extras>[^\]]*)\])?\s*===?\s*(?P<version>[^\s;,\\]+)"
    r"\s*(?:;\s*(?P<marker>.*?))?\s*(?:\\|--hash=.*|#.*)?$"
)
# What pip calls strong; https://pip.pypa.io/en/stable/topics/secure-installs/
_HASH = re.compile(
    r"--hash=(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})(?=[\s\\]|$)",
    re.IGNORECASE,
)
_SEAL = re.compile(r"\s+# solved: ([0-9a-f]{12}) ([0-9a-f]{12})$")
_YOUNG = re.compile(r"\s+# without cooldown up to (\S+)$")
_VIA = re.compile(r"\s+#(?: via\b)?\s*(.*)$")


@dataclass
class Pin:
    """One entry of a lock, with what its comments say."""

    line: int
    name: str
    version: str
    extras: tuple[str, ...] = ()
    marker: str = ""
    hashes: list[str] = field(default_factory=list)
    via: list[str] = field(default_factory=list)
    """Who asks for it: names, and `-r requirements.in`."""
    seal: tuple[str, str] | None = None
    young_until: datetime | None = None
    """Until when its releases were taken, where it is exempt from the cooldown."""


def read_text(path: Path) -> str:
    """Return what can be read of a file, and nothing where it is missing."""
    if not path.is_file():
        return ""
    return path.read_bytes().decode("utf-8-sig", errors="replace")


def _first(number: int, found: re.Match[str]) -> Pin:
    extras = (found["extras"] or "").split(",")
    return Pin(
        line=number,
        name=normalise(found["name"]),
        version=found["version"],
        extras=tuple(sorted(normalise(it.strip()) for it in extras if it.strip())),
        marker=found["marker"] or "",
    )


def read_pins(text: str) -> list[Pin]:
    """Return the entries in their order."""
    pins: list[Pin] = []
    for number, line in enumerate(text.splitlines(), 1):
        if found := _PIN.match(line):
            pins.append(_first(number, found))
        if not pins:
            continue
        pin = pins[-1]
        pin.hashes += [value.lower() for value in _HASH.findall(line)]
        if found := _SEAL.match(line):
            pin.seal = (found[1], found[2])
        elif found := _YOUNG.match(line):
            with suppress(ValueError):
                moment = datetime.fromisoformat(found[1])
                pin.young_until = moment if moment.tzinfo else moment.astimezone()
        elif (found := _VIA.match(line)) and found[1]:
            pin.via.append(found[1])
    return pins


def _rank(version: str) -> list[tuple[int, str]]:
    # Not int: Python takes 4300 digits.
    numbers = (number.lstrip("0") for number in re.findall(r"\d+", version))
    return [(len(number), number) for number in numbers]


def latest(pins: Iterable[Pin]) -> dict[str, Pin]:
    """Return one pin per name: of two sides of a merge, the higher version."""
    chosen: dict[str, Pin] = {}
    for pin in pins:
        other = chosen.setdefault(pin.name, pin)
        if _rank(pin.version) > _rank(other.version):
            chosen[pin.name] = pin
    return chosen
