"""Writes findings for a person: `path:line:column: text [rule]`, the fix below it."""

from collections.abc import Iterable

from tools.findings.finding import Finding


def format_position(finding: Finding) -> str:
    """Return `path:line:column`, as far as it is known."""
    known = [str(number) for number in (finding.line, finding.column) if number]
    return ":".join([finding.path, *known])


def format_terminal(findings: Iterable[Finding]) -> str:
    """Return findings as text, sorted."""
    blocks = []
    for finding in sorted(set(findings)):
        fix = finding.fix.replace("\n", "\n     ")
        blocks.append(f"{format_position(finding)}: {finding.text} [{finding.rule}]\n")
        if fix:
            blocks.append(f"Fix: {fix}\n")
    return "".join(blocks)
