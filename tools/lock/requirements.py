"""Reads requirements files as pip does: what is asked for and what is pinned."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.lock.inputs import logical_lines

if TYPE_CHECKING:
    from packaging.requirements import Requirement

HASH = re.compile(r"\s--hash=(\S+)")
STRONG = ("sha256:", "sha384:", "sha512:")


class RequirementsError(Exception):
    """A line of a requirements file can't be read."""

    def __init__(self, path: str, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: {text}")
        self.path, self.line, self.text = path, line, text


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
        exact = ("==", "===")
        pins = [s.version for s in self.requirement.specifier if s.operator in exact]
        return pins[0] if len(self.requirement.specifier) == len(pins) == 1 else None


def read_entries(text: str, path: str) -> list[Entry]:
    """Return the requirements of a file, in its order.

    Raises:
        RequirementsError: a line is an option of pip, or no requirement at all.
    """
    # They are half the start of a command that may have nothing to read.
    from packaging.requirements import (  # noqa: PLC0415
        InvalidRequirement,
        Requirement,
    )
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    entries = []
    for number, line in logical_lines(text):
        try:
            requirement = Requirement(HASH.sub("", line).strip())
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            text = f"found {line!r}, wanted a distribution: {reason}"
            raise RequirementsError(path, number, text) from None
        name = canonicalize_name(requirement.name)
        hashes = tuple(HASH.findall(line))
        entries.append(Entry(number, name, requirement, hashes))
    return entries
