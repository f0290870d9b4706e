"""Tests of what a BUILD file makes, as its text tells."""

import pytest

from tools.build_files.index import Index, read_index
from tools.build_files.reader import BuildFile
from tools.build_files.starlark import StarlarkError

FILES = ["pk/BUILD.bazel", "pk/a.py", "pk/b.py", "pk/old_b.py", "pk/test_c.py"]
MACROS = '''
load("@rules_python//python:defs.bzl", "py_library")
load(":names.bzl", "SUFFIX")
load("//tools/testing:defs.bzl", "pytest_test")

_MAIN = Label("//mac:main.py")
own_rule = rule(implementation = None)

def both(name, srcs, tests = [], **kwargs):
    """Makes a library and its tests."""
    if not srcs:
        fail("no sources")
    py_library(name = name + SUFFIX, srcs = srcs + [_MAIN], **kwargs)
    for test in tests:
        pytest_test(name = test[:-len(".py")], srcs = [test])

def everything(name):
    native.py_library(name = name, srcs = native.glob(["*.py"]))
    own_rule(name = name + "_rule", srcs = [native.package_name()])

def foreign(name):
    for file in FILES:
        py_library(name = file, srcs = [file])
'''
NAMES = 'SUFFIX = "_lib"\nSOURCES = ["a.py", "b.py"]\n'


def index_of(text: str) -> Index:
    """Return the index of a package, with macros in another."""
    starlark = {
        "pk/BUILD.bazel": text,
        "mac/BUILD.bazel": "",
        "mac/defs.bzl": MACROS,
        "mac/names.bzl": NAMES,
    }
    index, broken = read_index([*FILES, *starlark], starlark)
    assert broken == []
    return index


def made(text: str) -> dict[str, list[str]]:
    """Return the files of each target that a BUILD file makes."""
    index = index_of(text)
    return {
        f"{target.function} {target.name}": index.files(target)
        for target in index.build_files["pk"].targets
    }


@pytest.mark.parametrize(
    ("srcs", "want"),
    [
        ('["a.py"]', ["a.py"]),
        ('[":a.py", "//pk:b.py"]', ["a.py", "b.py"]),
        ('glob(["*b.py"])', ["b.py", "old_b.py"]),
        ('glob(["*.py"], ["test_*.py", "old_*"])', ["a.py", "b.py"]),
        ('glob(include = ["*.py"], exclude = ["*b.py"])', ["a.py", "test_c.py"]),
        ('glob(["*.cc"], allow_empty = True)', []),
        ('glob(["a.*"]) + ["b.py"]', ["a.py", "b.py"]),
        ('["a.py"] + glob(["b.*"])', ["a.py", "b.py"]),
        (
            '[f for f in glob(["*.py"]) if not f.startswith("old_")][:2]',
            ["a.py", "b.py"],
        ),
        ('[name + ".py" for name in ["a", "b"]]', ["a.py", "b.py"]),
        ('["%s.py" % name for name in NAMES]', ["a.py", "b.py"]),
        ('["{}.py".format(name) for name in NAMES]', ["a.py", "b.py"]),
        ("SOURCES", ["a.py", "b.py"]),
        (
            'select({"//x:y": ["a.py"], "//conditions:default": ["b.py"]})',
            ["a.py", "b.py"],
        ),
        ('["a.py"] + select({"//x:y": ["b.py"]})', ["a.py", "b.py"]),
        ('[":group"]', ["a.py", "b.py"]),
        ('[":other_name"]', ["a.py", "b.py"]),
        ('[":generated"]', []),
    ],
)
def test_sources_are_those_that_bazel_gives_a_target(
    srcs: str, want: list[str]
) -> None:
    text = f"""
load("//mac:names.bzl", "SOURCES")
NAMES = ["a", "b"]
filegroup(name = "group", srcs = ["a.py", ":inner"])
filegroup(name = "inner", srcs = ["b.py"])
alias(name = "other_name", actual = ":group")
genrule(name = "generated", srcs = ["a.py"], outs = ["x.py"])
py_library(name = "lib", srcs = {srcs})
"""

    assert made(text)["py_library lib"] == [f"pk/{name}" for name in want]


def test_a_comprehension_makes_a_target_for_each() -> None:
    text = """
[
    pytest_test(name = file.removesuffix(".py"), srcs = [file])
    for file in glob(["test_*.py"])
]
"""

    assert made(text) == {"pytest_test test_c": ["pk/test_c.py"]}


def test_a_macro_of_the_repository_is_followed() -> None:
    text = """
load("//mac:defs.bzl", "both", all = "everything")
both(name = "shop", srcs = ["a.py"], tests = ["test_c.py"], testonly = True)
all(name = "whole")
"""

    assert made(text) == {
        "py_library shop_lib": ["pk/a.py", "mac/main.py"],
        "pytest_test test_c": ["pk/test_c.py"],
        "py_library whole": [path for path in FILES if path.endswith(".py")],
        "rule() whole_rule": ["pk/pk"],
    }


def test_a_symbol_of_another_repository_is_a_rule_by_its_name() -> None:
    text = """
load("@other//:defs.bzl", library = "py_library")
library(name = "lib", srcs = ["a.py"])
"""

    assert made(text) == {"py_library lib": ["pk/a.py"]}


@pytest.mark.parametrize(
    "srcs",
    ['OTHER + ["a.py"]', '["a.py"] + OTHER', '["a.py", OTHER[0], "%s.py" % OTHER]'],
)
def test_what_the_text_does_not_give_is_known_to_be_unknown(srcs: str) -> None:
    text = f"""
load("@other//:defs.bzl", "OTHER")
py_library(name = "lib", srcs = {srcs}, deps = [":x"])
"""

    index = index_of(text)

    (target,) = index.build_files["pk"].targets
    assert index.files(target) == ["pk/a.py"]
    assert not target.is_known("srcs")
    assert target.is_known("deps")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            "[py_library(name = f, srcs = [f]) for f in OTHER]",
            "it depends on OTHER, which this repository's text doesn't give",
        ),
        (
            'py_library(name = "x", srcs = [f for f in OTHER])',
            "it depends on OTHER, which this repository's text doesn't give",
        ),
        (
            'foreign(name = "x")',
            "it depends on FILES, which this repository's text doesn't give",
        ),
        (
            'both(name = "x", srcs = [])',
            "no sources",
        ),
    ],
)
def test_a_course_that_the_text_does_not_give_is_a_failure(
    statement: str, reason: str
) -> None:
    text = f"""
load("@other//:defs.bzl", "OTHER")
load("//mac:defs.bzl", "both", "foreign")
{statement}
py_library(name = "after", srcs = ["b.py"])
"""

    file = index_of(text).build_files["pk"]

    ((line, why, symbols),) = file.failures
    assert (line, why) == (4, reason)
    assert "py_library" in symbols
    assert [target.name for target in file.targets] == ["after"]


@pytest.mark.parametrize(
    "text",
    [
        "import os\n",
        "x = ().__class__\n",
        "while True: pass\n",
        "def f(:\n",
        "x = \0\n",
        "x = " + "-" * 99999 + "1\n",
    ],
)
def test_what_is_no_starlark_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(StarlarkError) as caught:
        BuildFile(text, "pk/BUILD.bazel")

    assert caught.value.path == "pk/BUILD.bazel"


def test_a_load_that_bazel_refuses_gives_nothing() -> None:
    text = 'load()\nload(X, "y")\nload("//mac:defs.bzl", z = 1)\ny(name = "a")\n'

    assert made(text) == {"y a": []}


def test_broken_macros_leave_their_calls_for_rules() -> None:
    starlark = {
        "pk/BUILD.bazel": 'load(":m.bzl", "m")\nm(name = "x", srcs = ["a.py"])\n',
        "pk/m.bzl": "def m(:\n",
    }

    index, _ = read_index([*FILES, "pk/m.bzl"], starlark)

    assert [call.function for call in index.owners["pk/a.py"]] == ["m"]


def test_strings_know_where_they_are_written() -> None:
    text = 'DEPS = ["//a"]\n\npy_library(\n    name = "x",\n    deps = DEPS + [\n        "@pip//b",\n    ],\n)\n'

    (call,) = BuildFile(text, "pk/BUILD.bazel").calls

    got = [(str(dep), dep.line, dep.column) for dep in call.strings("deps")]
    assert got == [("//a", 1, 9), ("@pip//b", 6, 9)]


def test_a_macro_is_written_once_and_what_it_makes_stands_at_its_line() -> None:
    text = '\nload("//mac:defs.bzl", "both")\nboth(name = "x", srcs = ["a.py"])\n'

    file = index_of(text).build_files["pk"]

    assert [(call.function, call.name) for call in file.calls] == [("both", "x")]
    assert [(it.label, it.node.lineno) for it in file.targets] == [("//pk:x_lib", 3)]


def test_an_alias_of_an_alias_is_what_both_stand_for() -> None:
    text = """
alias(name = "one", actual = ":two")
alias(name = "two", actual = "//other:lib")
alias(name = "round", actual = ":round")
py_library(name = "x", deps = [":one", ":round"])
"""
    index = index_of(text)

    assert index.deps(index.targets["//pk:x"]) == ["//other:lib", "//pk:round"]


def test_lists_of_the_lock_hold_no_file_of_this_repository() -> None:
    text = (
        'load("@pip//:requirements.bzl", "all_requirements")\n'
        'py_library(name = "a", srcs = ["a.py"], deps = all_requirements + [":b"])\n'
    )

    index = index_of(text)

    assert index.build_files["pk"].failures == []
    assert index.deps(index.targets["//pk:a"]) == ["//pk:b"]
