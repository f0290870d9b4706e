"""Writes findings for a person: `path:line:column: text [rule]`, the fix below it."""

from collections.abc import Iterable

from tools.findings.finding import Finding


def printable(text: str) -> str:
    """Return a text of one line that no terminal, and no log of a code host, takes for a command."""
    shown = (char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return "".join(shown)


def format_position(finding: Finding) -> str:
    """Return `path:line:column`, as far as it is known."""
    known = [str(number) for number in (finding.line, finding.column) if number]
    # A line of a log that begins with `::` is a command to GitHub's runner.
    path = f"./{finding.path}" if finding.path.startswith(":") else finding.path
    return printable(":".join([path, *known]))


def format_terminal(findings: Iterable[Finding]) -> str:
    """Return findings as text, sorted."""
    blocks = []
    for finding in sorted(set(findings)):
        fix = finding.fix.replace("\n", "\n     ")
        text = printable(f"{finding.text} [{finding.rule}]")
        blocks.append(f"{format_position(finding)}: {text}\n")
        if fix:
            blocks.append(f"Fix: {fix}\n")
    return "".join(blocks)
