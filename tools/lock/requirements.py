"""Reads `requirements.in` and the lock: what is asked for and what is pinned."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

HASH = re.compile(r"\s--hash=(\S+)")
COMMENT = re.compile(r"(^|\s)#.*")


class RequirementsError(Exception):
    """A line of a requirements file can't be read."""


@dataclass(frozen=True)
class Entry:
    """One requirement: of the solution with its hashes, of the inputs without."""

    line: int
    name: str
    requirement: Requirement
    hashes: tuple[str, ...] = ()

    @property
    def version(self) -> str | None:
        """The pinned version, or None where it is not exactly one."""
        pins = [s.version for s in self.requirement.specifier if s.operator == "=="]
        return pins[0] if len(self.requirement.specifier) == len(pins) == 1 else None


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each requirement on one line with its first line's number."""
    first, parts = 0, []
    for number, raw in enumerate(text.splitlines(), 1):
        line = COMMENT.sub("", raw).rstrip()
        if not line:
            continue
        first = first or number
        parts.append(line.removesuffix("\\").strip())
        if not line.endswith("\\"):
            yield first, " ".join(parts)
            first, parts = 0, []
    if parts:
        yield first, " ".join(parts)


def read_entries(text: str, path: str) -> list[Entry]:
    """Return the requirements of a file, in its order.

    Raises:
        RequirementsError: a line is an option of pip, or no requirement at all.
    """
    entries = []
    for number, line in logical_lines(text):
        try:
            requirement = Requirement(HASH.sub("", line).strip())
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise RequirementsError(
                f"{path}:{number}: found {line!r}, wanted a distribution: {reason}"
            ) from None
        name = canonicalize_name(requirement.name)
        hashes = tuple(HASH.findall(line))
        entries.append(Entry(number, name, requirement, hashes))
    return entries


def bazel_name(name: str) -> str:
    """Return the name that a distribution has below `@pip//`."""
    return canonicalize_name(name).replace("-", "_")
