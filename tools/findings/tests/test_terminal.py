"""Tests of what a person reads."""

from hypothesis import given
from hypothesis import strategies as st

from tools.findings.annotations import format_github
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


NASTY = st.text(st.sampled_from(":\x1b[31m\n\r\x85\u2028%aä"), max_size=8).map(
    lambda text: f"{text}::error::x{text}"
)


@given(NASTY, NASTY)
def test_names_and_texts_give_no_commands_to_a_log(path: str, text: str) -> None:
    found = [Finding(f"::{path}", 1, 0, "x/here", text, "")]

    (line,) = format_terminal(found).splitlines()
    (command,) = format_github(found).split("\n")[:-1]

    assert line.isprintable()
    assert not line.startswith("::")
    assert command.startswith("::error file=%3A%3A")
    assert "\r" not in command
