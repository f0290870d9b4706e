"""One finding of any check, and the report file that a check leaves.

A report is a file of JSON lines, one finding each, sorted: the same findings are the
same bytes.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class ReportError(Exception):
    """A report or a baseline can't be read."""


# A NamedTuple: a program that runs once per target can't afford what `dataclasses`
# imports (22 ms).
class Finding(NamedTuple):
    """What is wrong and where, and what fixes it."""

    path: str
    """The file, from the repository's root."""
    line: int
    """Counted from 1; 0 where the whole file is meant."""
    column: int
    """Counted from 1; 0 where the whole line is meant."""
    rule: str
    """`check/rule`, such as `imports/undeclared`."""
    text: str
    """What was found against what was wanted; one line, no line number in it."""
    fix: str
    """The edit or the command that fixes it; a baseline doesn't compare it."""
    target: str = ""
    """The label of the target in which it was found; empty for a check of files."""


def format_report(findings: Iterable[Finding]) -> str:
    """Return findings as a report, sorted, each once."""
    return "".join(format_line(f._asdict()) for f in sorted(set(findings)))


def up_to_syntax(findings: Iterable[Finding], rule: str) -> list[Finding]:
    """Leave out what follows a syntax error, which `rule` stands for: all else of its file."""
    found = list(findings)
    first: dict[str, Finding] = {}
    for finding in found:
        if finding.rule == rule:
            first.setdefault(finding.path, finding)
    return [finding for finding in found if first.get(finding.path, finding) == finding]


def format_line(fields: dict[str, object]) -> str:
    """Return one line of JSON that UTF-8 can hold; a lone surrogate stays an escape."""
    text = json.dumps(fields, ensure_ascii=False)
    return text.encode(errors="backslashreplace").decode() + "\n"


def lines_of(text: str) -> list[str]:
    """Return the lines of JSON, whose strings may hold what `splitlines` splits at."""
    return text.removesuffix("\n").split("\n") if text else []


def parse_report(text: str, source: str) -> list[Finding]:
    """Return the findings of a report.

    Raises:
        ReportError: a line is not a finding; `source` names the file in the message.
    """
    findings = []
    for number, line in enumerate(lines_of(text), 1):
        try:
            findings.append(Finding(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise ReportError(
                f"{source}:{number}: not a finding: {error}\n"
                "Fix: run the check that writes this report again."
            ) from None
    return findings


def read_report(path: Path) -> list[Finding]:
    """Return the findings of a report file."""
    return parse_report(path.read_text(encoding="utf-8"), str(path))
