"""Tests of the rules for scopes, each with its exact message."""

from pathlib import Path

from tools.build_files.reader import BuildFile
from tools.findings.terminal import format_terminal
from tools.imports.policy.scopes import (
    policy_findings,
    read_build_files,
    unused_grants,
)

GROUP = 'package_group(name = "users", packages = ["//services/...", "//libs/a"])\n'
LIBRARY = 'py_library(name = "ml", srcs = ["a.py"], visibility = [":users"])\n'


def files(**texts: str) -> list[BuildFile]:
    """Return BUILD files; `libs_ml` is that of `libs/ml`."""
    return [
        BuildFile(text, f"{name.replace('_', '/')}/BUILD.bazel")
        for name, text in texts.items()
    ]


def policy(**texts: str) -> str:
    return format_terminal(policy_findings(files(**texts)))


def test_a_library_that_names_its_users_passes() -> None:
    assert policy(libs_ml=GROUP + LIBRARY) == ""


def test_public_visibility_is_seen() -> None:
    text = GROUP + LIBRARY.replace(":users", "//visibility:public")

    assert policy(libs_ml=text) == (
        'libs/ml/BUILD.bazel:2:56: shows //libs/ml to everybody by "//visibility:'
        'public". [scopes/public]\n'
        'Fix: name who may use it: visibility = ["//libs/ml:users"]\n'
    )


def test_a_group_of_everybody_is_public_too() -> None:
    text = GROUP.replace('"//libs/a"', '"//..."') + LIBRARY

    assert "[scopes/public]" in policy(libs_ml=text)


def test_a_default_wider_than_the_folder_is_seen() -> None:
    text = 'package(default_visibility = ["//services:__subpackages__"])\n' + GROUP

    assert policy(libs_ml=text) == (
        "libs/ml/BUILD.bazel:1:31: shows all of //libs/ml to //services/... by "
        "default. [scopes/default]\n"
        "Fix: make private the default, and show single targets: "
        '["//visibility:private"]\n'
    )


def test_a_default_for_the_folder_passes() -> None:
    text = 'package(default_visibility = ["//libs/ml:__subpackages__"])\n' + GROUP

    assert policy(libs_ml=text) == ""


def test_a_service_shown_to_services_is_seen() -> None:
    text = 'py_library(name = "x", srcs = ["a.py"], visibility = ["//services:__subpackages__"])'

    assert policy(services_x=text) == (
        "services/x/BUILD.bazel:1:55: shows //services/x to //services/...: no service "
        "may use another. [scopes/service]\n"
        "Fix: take it out of the list; move what both need to a library, and what "
        "tests both to services/tests.\n"
    )


def test_a_service_shown_to_what_tests_services_together_passes() -> None:
    text = 'py_library(name = "x", visibility = ["//services/tests/..."])'

    assert policy(services_x=text) == ""


def test_a_service_shown_to_its_own_tests_passes() -> None:
    text = 'py_library(name = "x", visibility = ["//services/x:__subpackages__"])'

    assert policy(services_x=text) == ""


def test_a_library_without_a_group_is_seen() -> None:
    assert policy(libs_ml="") == (
        "libs/ml/BUILD.bazel:1: declares no package_group: //libs/ml doesn't say who "
        "may use it. [scopes/group]\n"
        'Fix: package_group(name = "users", packages = ["//libs/ml/...", …])\n'
    )


def test_other_folders_are_not_held_to_these_rules() -> None:
    assert policy(tools_x=LIBRARY.replace(":users", "//visibility:public")) == ""


def test_a_grant_that_nobody_uses_is_seen() -> None:
    users = {"//libs/ml": {"services/x/tests"}}

    got = unused_grants(files(libs_ml=GROUP + LIBRARY), users)

    assert format_terminal(got) == (
        "libs/ml/BUILD.bazel:1:61: //libs/ml:users lets //libs/a in, and nothing there "
        "uses what it shows. [scopes/unused-grant]\n"
        'Fix: take "//libs/a" out of the list.\n'
    )


def test_a_grant_without_a_group_is_held_too() -> None:
    text = LIBRARY.replace(":users", "//services/x:__pkg__")

    got = unused_grants(files(libs_ml=text), {})

    assert [f.text.partition(",")[0] for f in got] == ["//libs/ml lets //services/x in"]


def test_a_grant_within_the_project_needs_no_user() -> None:
    text = LIBRARY.replace(":users", "//libs/ml:__subpackages__")

    assert unused_grants(files(libs_ml=text), {}) == []


def test_a_file_that_is_no_starlark_is_left_to_bazel(tmp_path: Path) -> None:
    folder = tmp_path / "build_files/libs/ml"
    folder.mkdir(parents=True)
    (folder / "BUILD.bazel.txt").write_text("py_library(\n")

    assert read_build_files([str(folder / "BUILD.bazel.txt")]) == []
