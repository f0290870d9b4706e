"""Tests of which statements of a BUILD file a change touches."""

import pytest

from tools.graph.affected.statements import File, said, touched

BUILD = '''"""A library."""

load("//tools/x:defs.bzl", "thing", renamed = "other")

DEPS = [":b"]

package(default_visibility = ["//visibility:private"])

thing(
    name = "a",
    deps = DEPS,
)

renamed(name = "b")
'''


def lines(then: str, now: str) -> list[int] | None:
    """Return the first lines of the touched statements."""
    found = touched(File.read(then), File.read(now))
    return None if found is None else sorted({one.first for one in found})


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        pytest.param('"b")', '"b")', [], id="nothing"),
        pytest.param("    deps", "    # Why.\n    deps", [], id="comment"),
        pytest.param('renamed(name = "b")', 'renamed(\n  name="b")', [], id="format"),
        pytest.param('name = "b"', 'name = "c"', [14], id="rule"),
        pytest.param('[":b"]', "[]", [5, 9], id="what is made of a name"),
        pytest.param('"thing"', '"thing", "more"', [3, 9, 14], id="load"),
        pytest.param("x:defs", "y:defs", [3, 9, 14], id="loaded file"),
        pytest.param(":private", ":public", None, id="package"),
        pytest.param('renamed(name = "b")', "", [], id="rule that is gone"),
    ],
)
def test_change_touches(old: str, new: str, wanted: list[int] | None) -> None:
    assert lines(BUILD, BUILD.replace(old, new)) == wanted


SETS = """X = ["a"]

thing(name = "a", deps = X)

X = ["b"]

X += ["c"]

X.append("d")

X += ["c"]

thing(name = "b", deps = X)

Y = 1
"""


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        pytest.param('= ["a"]\n', '= ["a"]\n\n', [], id="format"),
        pytest.param("Y = 1", "Y = 2", [15], id="another name"),
        pytest.param('"d"', '"e"', [1, 3, 5, 7, 9, 11, 13], id="method"),
        pytest.param('\nX += ["c"]\n', "", [1, 3, 5, 7, 9, 11], id="one of two"),
        pytest.param('+= ["c"]\n', "= X + ['c']\n", [1, 3, 5, 7, 9, 11, 13], id="+="),
    ],
)
def test_name_that_is_set_again_touches_its_users(
    old: str, new: str, wanted: list[int]
) -> None:
    assert lines(SETS, SETS.replace(old, new, 1)) == wanted


def test_statements_that_swap_places_touch_what_they_set() -> None:
    swapped = SETS.replace('"a"]', '"-"]').replace('"b"]', '"a"]')

    assert lines(SETS, swapped.replace('"-"]', '"b"]')) == [1, 3, 5, 7, 9, 11, 13]


def test_rule_that_comes_to_stand_below_what_sets_its_name_is_touched() -> None:
    one, other = "X = [1]\nX += [2]\n", "thing(name = 'a', deps = X)\n"

    assert lines(f"X = [1]\n{other}X += [2]\n", one + other) == [1, 2, 3]


def test_rules_that_swap_places_are_as_before() -> None:
    one, other = "thing(name = 'a', deps = X)\n", "thing(name = 'b', deps = X)\n"

    assert lines(f"X = []\n{one}{other}", f"X = []\n{other}{one}") == []


def test_new_rule_touches_no_other() -> None:
    new = BUILD.replace("renamed(", 'thing(name = "new")\n\nrenamed(')

    assert lines(BUILD, new) == [14]


def test_package_that_goes_touches_all() -> None:
    call = 'package(default_visibility = ["//visibility:private"])\n'

    assert lines(BUILD, BUILD.replace(call, "")) is None


def test_loads_are_told_by_their_names_here() -> None:
    assert File.read(BUILD).loads() == {
        "//tools/x:defs.bzl": frozenset({"thing", "renamed"})
    }


def test_names_are_followed_through_functions() -> None:
    file = File.read("load(':a.bzl', 'a')\ndef f():\n  a()\n\ndef g():\n  pass\nf()\n")

    assert [one.first for one in file.using({"a"})] == [2, 7]


def test_comprehension_is_a_statement() -> None:
    file = File.read("[\n  thing(name = it)\n  for it in ['a']\n]\n")

    assert [(it.first, it.last, it.calls) for it in file.statements] == [(1, 4, "")]


@pytest.mark.parametrize(
    ("path", "one", "other", "is_same"),
    [
        (".bazelrc", "test --a\n", "# Why.\n\ntest --a\n", True),
        (".bazelrc", "test --a\n", "test --b\n", False),
        (".bazelrc", "test --a \\\n--b\n", "test --a \\\n# Why.\n--b\n", False),
        ("MODULE.bazel", "a(1)\n", "a(  # Why.\n1)\n", True),
        ("MODULE.bazel", "a(1)\n", "a(2)\n", False),
        ("x.bzl", "def f(:\n", "def f(: # Why.\n", False),
        ("x.bzl", "-" * 99999 + "1", "-" * 99999 + "2", False),
        (".bazelversion", "7.7.1\n", "7.7.1 \n", False),
    ],
)
def test_comments_and_format_say_nothing(
    path: str, one: str, other: str, *, is_same: bool
) -> None:
    assert (said(path, one) == said(path, other)) is is_same


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('a(srcs = glob(["*.py", "b/**"]) + ["c"])', ("*.py", "b/**")),
        ('a(data = glob(include = ["*"], exclude = ["b"]))', ("*",)),
        ("a(data = glob(PATTERNS))", ("**",)),
        ('a(data = glob(["*.md"], allow_empty = True))', ("*.md",)),
        ("a(data = glob(**FILES))", ("**",)),
        ("def a(): find(native.glob)", ("**",)),
        ('a(data = ["glob"])', ()),
    ],
)
def test_globs_are_known(text: str, wanted: tuple[str, ...]) -> None:
    (statement,) = File.read(text).statements

    assert statement.globs == wanted
