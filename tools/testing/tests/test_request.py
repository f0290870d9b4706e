"""Tests of the arguments that a run of pytest gets."""

from pathlib import Path

import pytest

from tools.testing.request import (
    Environment,
    RequestError,
    check_conftests,
    parse_request,
    pytest_arguments,
    read_environment,
    unwanted_plugins,
)


def test_macro_arguments_are_split_from_those_for_pytest() -> None:
    got = parse_request(
        ["--test-file=a/test_a.py", "-k", "x", "--conftest=conftest.py"]
    )

    assert got.test_files == ("a/test_a.py",)
    assert got.conftests == ("conftest.py",)
    assert got.pytest_args == ("-k", "x")


def test_environment_outside_bazel_is_one_shard() -> None:
    got = read_environment({})

    assert got == Environment("", False, None, None, "", False, 0, 1, None, "")


def test_plugin_that_is_seldom_wanted_is_left_out() -> None:
    request = parse_request(["--test-file=test_a.py"])

    assert unwanted_plugins(request, "") == [
        "debugging",
        "doctest",
        "pastebin",
        "stepwise",
    ]


@pytest.mark.parametrize(
    ("arguments", "settings", "wanted"),
    [
        (["--pdb"], "", "debugging"),
        (["--trace"], "", "debugging"),
        (["--doctest-modules"], "", "doctest"),
        ([], 'doctest_optionflags = ["ELLIPSIS"]', "doctest"),
    ],
)
def test_plugin_that_is_asked_for_stays(
    arguments: list[str], settings: str, wanted: str
) -> None:
    assert wanted not in unwanted_plugins(parse_request(arguments), settings)


def test_person_at_a_terminal_has_every_plugin() -> None:
    environment = read_environment({"BUILD_WORKSPACE_DIRECTORY": "/here"})

    got = pytest_arguments(parse_request(["--test-file=test_a.py"]), environment)

    assert "no:debugging" not in got


def test_forgotten_conftest_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "libs" / "conftest.py")
    request = parse_request(["--test-file=libs/a/test_a.py", f"--conftest={missing}"])

    with pytest.raises(RequestError, match="doesn't declare it") as error:
        check_conftests(request, "//libs/a:test_a")

    assert missing in str(error.value)
