"""Tests of reading package groups and exports, and of what a change of one means."""

import pytest

from tools.affected.groups import Group, GroupChange, matches, read_exports, read_groups


@pytest.mark.parametrize(
    ("specification", "package", "wanted"),
    [
        ("//libs/a", "libs/a", True),
        ("//libs/a", "libs/a/tests", False),
        ("//libs/a/...", "libs/a", True),
        ("//libs/a/...", "libs/a/tests", True),
        ("//libs/a/...", "libs/ab", False),
        ("//...", "libs/a", True),
        ("public", "libs/a", True),
        ("private", "libs/a", False),
        ("//", "", True),
    ],
)
def test_specification_has_a_package(
    specification: str, package: str, wanted: bool
) -> None:
    assert matches(specification, package) is wanted


def test_package_with_a_minus_is_left_out() -> None:
    group = Group(("//libs/...", "-//libs/a/..."))

    assert (group.names("libs/b"), group.names("libs/a/tests")) == (True, False)


def test_groups_that_are_written_out_are_read() -> None:
    text = (
        'package_group(name = "users", packages = ["//a"], includes = [":more"])\n'
        'package_group(name = "more")\n'
        'package_group(name = "made", packages = PACKAGES)\n'
    )

    assert read_groups(text, "libs") == {
        "//libs:users": Group(("//a",), ("//libs:more",)),
        "//libs:more": Group(),
    }


def test_text_that_is_no_starlark_has_no_groups() -> None:
    assert read_groups("def (", "libs") == {}


def test_exports_are_read() -> None:
    text = 'exports_files(["a"])\nexports_files(srcs = ["b"], visibility = ["//x:g"])\n'

    found = read_exports(text, "libs")

    assert found["//libs:a"] == ""
    assert "//x:g" in found["//libs:b"]


USERS = Group(("//libs/...",), ("//x:more",))


@pytest.mark.parametrize(
    ("more", "package", "wanted"),
    [
        pytest.param(Group(("//a", "//b")), "b", True, id="let in"),
        pytest.param(Group(()), "a", True, id="let in no longer"),
        pytest.param(Group(("//a", "//b")), "a", False, id="as before"),
        pytest.param(Group(()), "libs/c", False, id="let in by another"),
        pytest.param(None, "a", True, id="gone"),
    ],
)
def test_change_of_an_included_group_matters(
    more: Group | None, package: str, wanted: bool
) -> None:
    now = {"//x:users": USERS} | ({"//x:more": more} if more else {})
    change = GroupChange({"//x:users": USERS, "//x:more": Group(("//a",))}, now)

    assert change.affected() == {"//x:more": "//x:more", "//x:users": "//x:more"}
    assert change.matters_to(package, ["//x:users"]) is wanted
