"""Tests of the file names that may stand in a BUILD file."""

import pytest

from tools.source_text.names import refusal


@pytest.mark.parametrize("path", ["app.py", "libs/a-b.c/_x+1~.py"])
def test_plain_names_are_taken(path: str) -> None:
    assert refusal(path) == ""


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("libs/naïve.py", 'libs/na\\xefve.py: its name holds "ï"'),
        ("libs/a b.py", 'libs/a b.py: its name holds " "'),
        ("libs/@a:b%.py", 'libs/@a:b%.py: its name holds "%", ":", "@"'),
        ("libs/a\tb.py", "libs/a\\tb.py: its name holds '\\t'"),
        ("libs/caf\udce9.py", "libs/caf\\udce9.py: its name holds '\\udce9'"),
    ],
)
def test_others_are_refused_with_what_is_odd(path: str, shown: str) -> None:
    assert refusal(path) == (
        f"{shown}, which Bazel can't take in every place.\n"
        "Fix: rename it: letters of ASCII, digits, and _ . + - ~ are taken."
    )
