"""Tests of targets that check or run nothing."""

import pytest

from tools.checks.unowned_files.tests.trees import (
    LIBRARY,
    found,
    rules,
)


def test_empty_srcs_is_named_with_its_line() -> None:
    (got,) = found(libs_a='\npy_library(\n    name = "a",\n    srcs = [],\n)\n')

    assert (got.path, got.line, got.rule) == (
        "libs/a/BUILD.bazel",
        2,
        "unowned_files/empty",
    )


@pytest.mark.parametrize("tag", ["no-pyrefly", "no-black=", "no-ruff= "])
def test_check_is_not_switched_off_without_a_reason(tag: str) -> None:
    listed = f'py_library(name = "a", srcs = ["a.py"], tags = ["{tag}"])\n'

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["unowned_files/switched-off"]


def test_reason_switches_a_check_off() -> None:
    listed = 'py_library(name = "a", srcs = ["a.py"], tags = ["no-pyrefly=by protoc"])'

    assert found("libs/a/a.py", libs_a=listed) == []


def test_manual_target_is_not_checked() -> None:
    listed = 'py_library(name = "a", srcs = ["a.py"], tags = ["manual"])\n'

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["unowned_files/manual"]


def test_target_for_no_platform_is_not_checked() -> None:
    never = '["@platforms//:incompatible"]'
    listed = LIBRARY.replace(")", f"    target_compatible_with = {never},\n)")
    told = listed.replace(never, f'select({{"//x:y": {never}}})')

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["unowned_files/nowhere"]
    assert found("libs/a/a.py", libs_a=told) == []
