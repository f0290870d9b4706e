"""Tests of the targets that new sources get."""

import ast

import pytest

from tools.imports.new_targets import add_targets, new_build_file

EMPTY = new_build_file("libs/new", {"core.py": b"", "__init__.py": b'"""Is new."""\n'})


def test_a_new_file_says_what_the_folder_is() -> None:
    assert EMPTY == (
        '"""Is new."""\n\npackage(default_visibility = ["//visibility:private"])\n'
    )


def test_modules_become_the_library_of_the_folder() -> None:
    got = add_targets(EMPTY, "libs/new/BUILD.bazel", ["core.py", "__init__.py"], [])

    assert got == (
        '"""Is new."""\n\n'
        'load("@rules_python//python:py_library.bzl", "py_library")\n\n'
        'package(default_visibility = ["//visibility:private"])\n\n'
        "py_library(\n"
        '    name = "new",\n'
        "    srcs = [\n"
        '        "__init__.py",\n'
        '        "core.py",\n'
        "    ],\n"
        '    visibility = ["//libs/new:__subpackages__"],\n'
        ")\n"
    )


def test_a_module_joins_the_library_that_is_there() -> None:
    text = add_targets(EMPTY, "libs/new/BUILD.bazel", ["core.py"], [])

    got = add_targets(text, "libs/new/BUILD.bazel", ["added.py"], [])

    assert 'srcs = [\n        "added.py",\n        "core.py",\n    ],\n' in got
    assert got.count("py_library(") == 1


def test_a_library_beside_a_program_of_the_folders_name_is_joined_too() -> None:
    text = EMPTY + '\npy_binary(\n    name = "new",\n    srcs = ["run.py"],\n)\n'

    once = add_targets(text, "libs/new/BUILD.bazel", ["core.py"], [])
    again = add_targets(once, "libs/new/BUILD.bazel", ["added.py"], [])

    assert 'name = "new_lib",\n    srcs = ["core.py"],\n' in once
    assert again.count('name = "new_lib"') == 1
    assert 'srcs = [\n        "added.py",\n        "core.py",\n    ],\n' in again


def test_a_source_that_is_no_python_describes_nothing() -> None:
    assert new_build_file("libs/new", {"core.py": b"def f(:\n"}).startswith(
        '"""The sources of libs/new."""\n'
    )


def test_stub_joins_the_target_of_its_module() -> None:
    text = EMPTY + 'py_library(\n    name = "a",\n    srcs = ["core.py"],\n'
    text += '    visibility = ["//v"],\n    deps = ["//x"],\n)\n'

    names = ["core.pyi", "more.py", "z.pyi"]
    got = add_targets(text, "libs/new/BUILD.bazel", names, set())

    assert got.endswith(
        "py_library(\n"
        '    name = "a",\n    srcs = ["core.py"],\n    pyi_srcs = ["core.pyi"],\n'
        '    visibility = ["//v"],\n    deps = ["//x"],\n)\n\n'
        "py_library(\n"
        '    name = "new",\n    srcs = ["more.py"],\n    pyi_srcs = ["z.pyi"],\n'
        '    visibility = ["//libs/new:__subpackages__"],\n)\n'
    )


@pytest.mark.parametrize(
    ("source", "want"),
    [
        (b'"""Says "hello"\n\nMore.\n"""\n', 'Says "hello"'),
        (b'r"""Splits at \\d."""\n', "Splits at \\d."),
        (b"'''Holds \"\"\" quotes.'''\n", 'Holds """ quotes.'),
        (b'"""Ends in \\\\"""\n', "Ends in \\"),
        (b"# coding: latin-1\n'Caf\xe9.'\n", "Café."),
        (b"\xef\xbb\xbf'Has a mark.'\n", "Has a mark."),
        (b"'\xe9'\n", "The sources of libs/new."),
        (b"'A.'\n\0", "The sources of libs/new."),
    ],
)
def test_a_new_file_is_starlark_whatever_the_sources_say(
    source: bytes, want: str
) -> None:
    got = new_build_file("libs/new", {"core.py": source})

    assert ast.get_docstring(ast.parse(got)) == want


def test_each_test_gets_a_target_of_its_own() -> None:
    got = add_targets(
        EMPTY,
        "a/tests/BUILD.bazel",
        ["test_b.py", "a_test.py"],
        {"test_b.py", "a_test.py"},
    )

    assert 'load("//tools/testing:defs.bzl", "pytest_test")\n' in got
    assert got.endswith(
        "pytest_test(\n"
        '    name = "a_test",\n'
        '    size = "small",\n'
        '    srcs = ["a_test.py"],\n'
        ")\n\n"
        "pytest_test(\n"
        '    name = "test_b",\n'
        '    size = "small",\n'
        '    srcs = ["test_b.py"],\n'
        ")\n"
    )


def test_a_conftest_is_a_library_for_tests() -> None:
    got = add_targets(EMPTY, "a/tests/BUILD.bazel", ["conftest.py"], [])

    assert got.endswith(
        "py_library(\n"
        '    name = "conftest",\n'
        "    testonly = True,\n"
        '    srcs = ["conftest.py"],\n'
        '    visibility = ["//a/tests:__subpackages__"],\n'
        ")\n"
    )


def test_a_conftest_at_the_root_is_for_all() -> None:
    got = add_targets(new_build_file("", {}), "BUILD.bazel", ["conftest.py"], [])

    assert '    visibility = ["//:__subpackages__"],\n' in got


def test_a_module_that_is_only_called_like_a_test_joins_the_library() -> None:
    got = add_targets(EMPTY, "libs/new/BUILD.bazel", ["test_tools.py"], [])

    assert 'name = "new",\n    srcs = ["test_tools.py"],\n' in got
    assert "pytest_test" not in got


def test_a_program_is_a_binary() -> None:
    got = add_targets(EMPTY, "a/b/BUILD.bazel", ["__main__.py"], [])

    assert got.endswith(
        "py_binary(\n"
        '    name = "main",\n'
        '    srcs = ["__main__.py"],\n'
        '    main = "__main__.py",\n'
        ")\n"
    )


def test_source_that_is_no_python_describes_nothing() -> None:
    got = new_build_file("libs/new", {"a.py": b"def f(:\n", "b.py": b'"""Does b."""\n'})

    assert got.startswith('"""Does b."""\n')
    assert new_build_file("", {}).startswith('"""The sources of the root."""\n')
