"""Tests of what a module shows to the checks of its dependents."""

import ast

import pytest

from tools.checks.interface import UNKNOWN, interface_of

MODULE = '''"""A module."""

CACHE: dict[str, int] = {}


class Point:
    """A place."""

    def __init__(self, x: int) -> None:
        """Keep it."""
        self.x = x + 1

    def moved(self, by: int) -> int:
        """Return the next."""
        return self.x + by


def length(point: Point) -> int:
    return abs(point.x)
'''


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return abs(point.x)", "return point.x  # now plain"),
        ("return abs(point.x)", "other = point.x\n    return other"),
        ("return self.x + by", 'return "" + by'),
        ("def length(", "# A comment.\ndef length("),
    ],
)
def test_edit_of_a_body_or_a_comment_is_not_seen(before: str, after: str) -> None:
    edited = MODULE.replace(before, after)

    assert edited != MODULE
    assert interface_of(edited) == interface_of(MODULE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("-> int:\n    return", "-> float:\n    return"),
        ("by: int", "by: int = 1"),
        ("self.x = x + 1", 'self.x = ""'),
        ("dict[str, int] = {}", "dict[str, str] = {}"),
        ("def length(point: Point) -> int:", "def length(point: Point):"),
    ],
)
def test_edit_of_an_interface_is_seen(before: str, after: str) -> None:
    edited = MODULE.replace(before, after)

    assert edited != MODULE
    assert interface_of(edited) != interface_of(MODULE)


@pytest.mark.parametrize(
    "function",
    [
        "def f(x):\n    return 2 * x",
        "def f() -> int:\n    ...",
        "def f() -> int:\n    raise NotImplementedError",
        "def f() -> None:\n    global A\n    A = 1",
        "async def f() -> AsyncIterator[int]:\n    yield 1",
    ],
)
def test_body_that_a_checker_reads_is_kept(function: str) -> None:
    assert interface_of(function).strip() == function


@pytest.mark.parametrize(
    "source", ["def f(:\n", "A = \0\n", "A = " + "not " * 9000 + "1\n"]
)
def test_nothing_is_known_of_what_does_not_parse(source: str) -> None:
    assert interface_of(source) == UNKNOWN
    ast.parse(UNKNOWN)


@pytest.mark.parametrize("value", ["+".join(["1"] * 6000), "0x" + "f" * 9000])
def test_module_that_python_can_not_write_out_is_left_as_it_is(value: str) -> None:
    source = f"A = {value}\n"

    assert interface_of(source) == source
