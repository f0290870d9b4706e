"""Tests of package specifications and package groups."""

import pytest

from tools.build_files.reader import BuildFile
from tools.build_files.visibility import Groups, PackageGroup, covers, is_covered


@pytest.mark.parametrize(
    ("specification", "package", "wanted"),
    [
        ("//libs/a", "libs/a", True),
        ("//libs/a", "libs/a/tests", False),
        ("//libs/a/...", "libs/a", True),
        ("//libs/a/...", "libs/a/tests", True),
        ("//libs/a/...", "libs/ab", False),
        ("//...", "libs/a", True),
        ("private", "libs/a", False),
        ("//", "", True),
    ],
)
def test_specification_has_a_package(
    specification: str, package: str, wanted: bool
) -> None:
    assert covers(specification, package) is wanted


@pytest.mark.parametrize(
    ("package", "wanted"), [("libs/b", True), ("libs/a/tests", False)]
)
def test_package_with_a_minus_is_left_out(package: str, wanted: bool) -> None:
    assert is_covered(package, ["//libs/...", "-//libs/a/..."]) is wanted


@pytest.mark.parametrize(
    ("package", "wanted"),
    [("a", True), ("libs/c", True), ("libs/d", True), ("b", False)],
)
def test_groups_let_in_what_any_of_them_has(package: str, wanted: bool) -> None:
    text = (
        'package_group(name = "users", packages = ["//libs/..."], includes = [":more"])\n'
        'package_group(name = "more", packages = ["//a", "-//libs/d"])\n'
    )
    groups = Groups([BuildFile(text, "x/BUILD.bazel")])

    assert groups.let_in(["//x:users"], package) is wanted


def test_group_that_includes_one_that_is_gone_lets_nobody_in_for_sure() -> None:
    group = PackageGroup(("//libs/...",), ("//x:more",))
    groups = Groups((), {"//x:users": group})

    assert groups.let_in(["//x:users"], "libs/c") is None
    assert groups.closure(["//x:users"]) == ["//x:users", "//x:more"]


def test_group_may_be_of_everybody() -> None:
    groups = Groups((), {"//x:users": PackageGroup(("public",))})

    assert groups.let_in(["//x:users"], "anywhere") is True
