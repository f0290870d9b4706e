"""Tests of what a run owes Bazel: a test in each file that the target lists."""

import gc
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tools.testing.contract import BazelContract
from tools.testing.request import read_environment


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BazelContract:
    monkeypatch.chdir(tmp_path)
    return BazelContract(read_environment({}))


def collect(contract: BazelContract, *paths: str) -> None:
    """Let the plugin see one test of each path, as pytest names it."""
    root = contract.root
    items = [cast(pytest.Item, SimpleNamespace(path=root / path)) for path in paths]
    contract.pytest_collection_modifyitems(items)


def test_file_without_a_test_fails_the_run(contract: BazelContract) -> None:
    collect(contract, "libs/a/tests/test_a.py")

    code, remark = contract.verdict(0, ["libs/a/tests/test_a.py", "libs/test_b.py"])

    assert code == 1
    assert remark.startswith("libs/test_b.py: no test was collected")


def test_namesake_does_not_hide_an_empty_file(contract: BazelContract) -> None:
    collect(contract, "libs/a/tests/test_x.py")

    code, remark = contract.verdict(
        0, ["libs/a/tests/test_x.py", "libs/b/tests/test_x.py"]
    )

    assert code == 1
    assert remark.startswith("libs/b/tests/test_x.py: no test was collected")


def test_files_are_found_from_where_the_run_began(
    contract: BazelContract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(contract, "libs/test_a.py")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert contract.verdict(0, ["libs/test_a.py"]) == (0, "")


def test_garbage_of_tests_is_collected() -> None:
    assert gc.isenabled()
