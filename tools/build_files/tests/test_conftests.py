"""Tests of the conftest.py files that tests lack."""

import pytest

from tools.build_files.conftests import missing_conftests
from tools.build_files.index import read_index

FILES = ["libs/t/conftest.py", "libs/t/test_a.py", "libs/t/in/test_b.py"]
CONFTEST = 'py_library(name = "conf", srcs = ["conftest.py"])\n'


def lacking(beside: str, below: str = "") -> list[tuple[str, str, str, bool]]:
    """Return test, conftest.py, its library, and whether the test may use that."""
    texts = {"libs/t/BUILD.bazel": beside, "libs/t/in/BUILD.bazel": below}
    index, _ = read_index([*FILES, *texts], texts)
    return [
        (it.test.name, it.path, it.library.label if it.library else "", it.is_visible)
        for it in missing_conftests(index)
    ]


@pytest.mark.parametrize(
    "has",
    [
        'srcs = ["conftest.py", "test_a.py"]',
        'srcs = ["test_a.py"], deps = [":conf"]',
        'srcs = ["test_a.py"], deps = [":facade"]',
        'srcs = ["test_a.py"], deps = [":short"]',
        'srcs = ["test_a.py"], data = ["conftest.py"]',
        'srcs = glob(["*.py"])',
    ],
)
def test_a_test_that_has_its_conftest_lacks_none(has: str) -> None:
    more = (
        'py_library(name = "facade", deps = [":conf"])\n'
        'alias(name = "short", actual = ":facade")\n'
    )

    assert lacking(CONFTEST + more + f'pytest_test(name = "test_a", {has})') == []


def test_a_conftest_beside_and_above_a_test_is_wanted() -> None:
    beside = CONFTEST + 'pytest_test(name = "test_a", srcs = ["test_a.py"])'
    below = 'pytest_test(name = "test_b", srcs = ["test_b.py"])'

    assert lacking(beside, below) == [
        ("test_a", "libs/t/conftest.py", "//libs/t:conf", True),
        ("test_b", "libs/t/conftest.py", "//libs/t:conf", False),
    ]


def test_a_conftest_beside_a_test_in_a_folder_of_the_package_is_wanted() -> None:
    text = 'pytest_test(name = "test_c", srcs = ["sub/test_c.py"])'
    files = ["libs/t/sub/conftest.py", "libs/t/sub/test_c.py"]
    index, _ = read_index([*files, "libs/t/BUILD.bazel"], {"libs/t/BUILD.bazel": text})

    assert [it.path for it in missing_conftests(index)] == ["libs/t/sub/conftest.py"]


def test_a_conftest_that_is_shown_may_be_used() -> None:
    shown = CONFTEST.replace(")", ', visibility = ["//libs/t:__subpackages__"])')
    below = 'pytest_test(name = "test_b", srcs = ["test_b.py"])'

    assert lacking(shown, below) == [
        ("test_b", "libs/t/conftest.py", "//libs/t:conf", True)
    ]


@pytest.mark.parametrize("deps", ['[":made_elsewhere"]', "OTHER"])
def test_what_the_text_does_not_give_is_left_to_the_run(deps: str) -> None:
    assert (
        lacking(f'pytest_test(name = "test_a", srcs = ["test_a.py"], deps = {deps})')
        == []
    )
