"""Tests of quarantined cases, and of an order by a seed."""

import re
from pathlib import Path

from tools.testing.tests.scratch import Scratch

CASES = """\
import pytest

def test_green(): pass

def test_red(): assert False

@pytest.mark.parametrize("case", ["a b", "c"])
def test_many(case): assert case == "c"
"""
RED = "--quarantined=case/test_case.py::test_red"
MANY = "--quarantined=case/test_case.py::test_many"
NUMBERS = "".join(f"def test_{number}(): pass\n" for number in range(20))


def test_quarantined_case_runs_and_fails_nothing(tmp_path: Path) -> None:
    got = Scratch(tmp_path).run(CASES, RED, MANY)

    assert got.exit_code == 0, got.text
    assert "1 passed, 2 xfailed, 1 xpassed" in got.text


def test_case_beside_a_quarantined_one_fails(tmp_path: Path) -> None:
    got = Scratch(tmp_path).run(CASES, RED, f"{MANY}[c]")

    assert got.exit_code == 1
    assert "FAILED case/test_case.py::test_many[a b]" in got.text
    assert "test_red - " not in got.text.partition("FAILED")[2]


def test_quarantined_case_that_is_gone_fails(tmp_path: Path) -> None:
    gone = "--quarantined=case/test_case.py::test_re"

    got = Scratch(tmp_path).run(CASES, RED, MANY, gone)

    assert got.exit_code != 0
    assert "quarantined, and not there: case/test_case.py::test_re." in got.text
    assert "quarantine.bzl" in got.text


def test_filter_leaves_a_quarantined_case_known(tmp_path: Path) -> None:
    got = Scratch(tmp_path).run(CASES, RED, TESTBRIDGE_TEST_ONLY="test_green")

    assert got.exit_code == 0, got.text


def order(scratch: Scratch, seed: str) -> list[str]:
    """Return the tests in the order in which they ran."""
    got = scratch.run(NUMBERS, "-v", TEST_ORDER_SEED=seed)
    assert got.exit_code == 0, got.text
    return re.findall(r"::(test_\d+) PASSED", got.text)


def test_seed_is_an_order(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)

    plain, first, second = (order(scratch, seed) for seed in ("", "1", "2"))

    assert len({*plain}) == 20
    assert sorted(first) == sorted(second) == sorted(plain)
    assert len({tuple(found) for found in (plain, first, second)}) == 3
    assert order(scratch, "1") == first


def test_files_stay_together_in_any_order(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    scratch.write("case/test_a.py", NUMBERS)
    scratch.write("case/test_b.py", NUMBERS)
    files = ["case/test_a.py", "case/test_b.py"]

    got = scratch.run_files(files, "-v", TEST_ORDER_SEED="3")

    ran = re.findall(r"case/(test_\w)\.py::test_\d+ PASSED", got.text)
    assert len(ran) == 40
    assert len({*ran[:20]}) == len({*ran[20:]}) == 1
