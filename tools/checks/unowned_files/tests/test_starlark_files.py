"""Tests of Starlark and settings that no check sees."""

from tools.checks.unowned_files.tests.trees import LIBRARY, found, rules


def test_toml_outside_every_target_is_named_with_the_line_to_add() -> None:
    (got,) = found("libs/a/x.toml", "libs/a/a.py", libs_a=LIBRARY)

    assert got.fix == 'in libs/a/BUILD.bazel add exports_files(["x.toml"])'


def test_starlark_by_another_name_is_not_seen() -> None:
    assert rules(found("libs/a/BUILD")) == ["unowned_files/starlark"]


def test_bzl_that_nothing_loads_is_dead() -> None:
    (got,) = found("libs/a/defs.bzl", "libs/a/a.py", libs_a=LIBRARY)

    assert got.rule == "unowned_files/unloaded"
    assert got.fix.startswith('load("//libs/a:defs.bzl", …)')


def test_bzl_outside_every_package_is_named() -> None:
    assert rules(found("libs/a/defs.bzl")) == ["unowned_files/outside"]


def test_loaded_bzl_is_seen() -> None:
    listed = 'load(":defs.bzl", "f")\n' + LIBRARY

    assert found("libs/a/defs.bzl", "libs/a/a.py", libs_a=listed) == []


def test_file_that_is_no_starlark_is_an_error() -> None:
    (got,) = found(libs_a="def f(:\n")

    place = ("libs/a/BUILD.bazel", 1, "unowned_files/unreadable")
    assert (got.path, got.line, got.rule) == place
