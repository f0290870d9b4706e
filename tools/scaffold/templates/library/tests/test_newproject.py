"""Tests of newproject."""

from tools.scaffold.templates.library.newproject import greeting


def test_greeting_names_who_is_greeted() -> None:
    assert greeting("Ada") == "Hello, Ada!"
