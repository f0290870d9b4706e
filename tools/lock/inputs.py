"""Reads requirements.in: distributions by name, one a line, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.lock.pins import NAME
from tools.lock.pip_settings import hide_passwords
from tools.workspace.names import normalise

INPUTS = "requirements.in"
_COMMENT = re.compile(r"(^|\s)#.*")
_REQUIREMENT = re.compile(
    rf"(?P<name>{NAME})\s*(\[[^\]]*\])?\s*(\(?\s*[<>=!~][^;@]*)?(;(?P<marker>.*))?$"
)
# Why a line is none, and what to do instead.
_OTHERS = (
    (r"(-e|--editable)\b", "a target", "depend on the target by its label"),
    (r"--pre\b", "an option", "name the pre-release, as in NAME>=2.0rc1"),
    (
        r"(-i|--(extra-)?index-url|-f|--find-links|--trusted-host)\b",
        "an option of pip",
        "set it for pip: pip config set global.index-url URL",
    ),
    (r"(-r|-c|--requirement|--constraint)\b", "another list", "copy its lines in"),
    (r"-", "an option of pip", "take it out"),
    (r"(<{7}|={7}|>{7}|\|{7})", "a conflict marker", "keep the lines that hold"),
    (r"\S*\$\{", "a variable", "write what it stands for"),
    (r"[^;]*@|\S+://", "an address", "upload the file to your index, ask by name"),
    (r"\.|/|\S*[/\\]|\S+\.whl\b", "a path", "depend on the target by its label"),
)


@dataclass(frozen=True)
class Problem:
    """A line that can't be locked."""

    line: int
    text: str
    fix: str


class InputsError(Exception):
    """Lines of requirements.in can't be locked."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = (f"{INPUTS}:{it.line}: {it.text}\nFix: {it.fix}" for it in problems)
        super().__init__("\n".join(lines))
        self.problems = problems


@dataclass(frozen=True)
class Asked:
    """One requirement."""

    line: int
    name: str
    text: str


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each requirement on one line with its first line's number."""
    first, parts = 0, []
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw).rstrip()
        if not line:
            continue
        first = first or number
        parts.append(line.removesuffix("\\").strip())
        if not line.endswith("\\"):
            yield first, " ".join(parts)
            first, parts = 0, []
    if parts:
        yield first, " ".join(parts)


def _problem(number: int, line: str) -> Problem | None:
    found = _REQUIREMENT.match(line)
    shown = f"found {hide_passwords(line)!r}"
    if found and re.search(r"\bextra\b", found["marker"] or ""):
        text = f"{shown}: its marker asks for an extra, so it holds nowhere."
        return Problem(number, text, "write NAME[EXTRA], or take the marker out.")
    if found:
        return None
    for pattern, what, fix in _OTHERS:
        if re.match(pattern, line):
            text = f"{shown}: this is {what}, wanted a distribution by name."
            return Problem(number, text, f"{fix}.")
    text = f"{shown}, wanted a distribution by name, as in NAME>=1.2."
    return Problem(number, text, "correct the line.")


def read_inputs(text: str) -> list[Asked]:
    """Return the requirements.

    Raises:
        InputsError: lines are options, addresses, paths or nothing that pip knows.
    """
    asked, problems = [], []
    for number, line in logical_lines(text):
        if problem := _problem(number, line):
            problems.append(problem)
        elif found := _REQUIREMENT.match(line):
            asked.append(
                Asked(number, normalise(found["name"]), " ".join(line.split()))
            )
    if problems:
        raise InputsError(problems)
    return asked
