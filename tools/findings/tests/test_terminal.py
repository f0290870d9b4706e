"""Tests of what a person reads."""

from tools.findings.finding import Finding
from tools.findings.terminal import format_terminal


def test_findings_are_sorted_with_their_fix_below() -> None:
    late = Finding("b.py", 0, 0, "x/whole", "is empty.", "delete it\nor fill it")
    early = Finding("a.py", 2, 5, "x/here", "is odd.", "")

    got = format_terminal([late, early])

    assert got == (
        "a.py:2:5: is odd. [x/here]\n"
        "b.py: is empty. [x/whole]\n"
        "Fix: delete it\n"
        "     or fill it\n"
    )
