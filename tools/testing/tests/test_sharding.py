"""Tests of how tests are dealt out to shards, by running all shards."""

import re
from pathlib import Path

import pytest

from tools.testing.recollection import differences
from tools.testing.tests.scratch import Run, Scratch

SHARDS = 3
UNSTABLE = (
    "Fix: give parameters an order and ids that no set, address, clock or chance changes, "
    "or take shard_count out."
)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def run_shards(scratch: Scratch, test: str) -> list[Run]:
    return [
        scratch.run(
            test, "-v", TEST_TOTAL_SHARDS=str(SHARDS), TEST_SHARD_INDEX=str(index)
        )
        for index in range(SHARDS)
    ]


def ran(runs: list[Run]) -> list[str]:
    """Return the tests that passed in any shard, sorted."""
    found = [re.findall(r"::(\S+) PASSED", run.text) for run in runs]
    return sorted(test for tests in found for test in tests)


def test_parameters_in_a_set_run_exactly_once(scratch: Scratch) -> None:
    got = run_shards(
        scratch,
        "import pytest\n\n\n@pytest.mark.parametrize('n', {'a', 'b', 'c', 'd', 'e', 'f'})\n"
        "def test_name(n):\n    pass\n",
    )

    assert [run.exit_code for run in got] == [0, 0, 0], got[0].text
    assert ran(got) == [f"test_name[{name}]" for name in "abcdef"]


def test_order_by_chance_loses_no_test(scratch: Scratch) -> None:
    scratch.write(
        "case/conftest.py",
        "import random\n\nimport pytest\n\n\n@pytest.hookimpl(trylast=True)\n"
        "def pytest_collection_modifyitems(items):\n    random.shuffle(items)\n",
    )
    got = run_shards(
        scratch, "".join(f"def test_{n}():\n    pass\n\n\n" for n in "abcdef")
    )

    assert [run.exit_code for run in got] == [0, 0, 0], got[0].text
    assert ran(got) == [f"test_{name}" for name in "abcdef"]


def test_shard_keeps_the_order_that_a_plugin_chose(scratch: Scratch) -> None:
    scratch.write(
        "case/conftest.py",
        "def pytest_collection_modifyitems(items):\n    items.reverse()\n",
    )
    got = scratch.run(
        "".join(f"def test_{n}():\n    pass\n\n\n" for n in "abcd"),
        "-v",
        TEST_TOTAL_SHARDS="2",
        TEST_SHARD_INDEX="1",
    )

    assert re.findall(r"::(\S+) PASSED", got.text) == ["test_d", "test_b"]


def test_id_by_chance_fails_the_first_shard(scratch: Scratch) -> None:
    got = run_shards(
        scratch,
        "import uuid\n\nimport pytest\n\n\n@pytest.mark.parametrize('n', [uuid.uuid4().hex, 'b'])\n"
        "def test_name(n):\n    pass\n",
    )

    assert [run.exit_code for run in got] == [1, 0, 0]
    assert re.sub("[0-9a-f]{32}", "HEX", got[0].remark) == (
        "//case:test_case: its shards may leave tests out, since two processes that collect them differ in: "
        f"case/test_case.py::test_name[HEX], case/test_case.py::test_name[HEX].\n{UNSTABLE}"
    )


def test_module_that_skips_itself_is_skipped_in_every_shard(scratch: Scratch) -> None:
    got = run_shards(scratch, "import pytest\n\npytest.importorskip('nowhere')\n")

    assert [run.exit_code for run in got] == [0] * SHARDS
    assert all("1 skipped in" in run.text for run in got)


def test_tests_that_spread_themselves_fail_the_first_shard(scratch: Scratch) -> None:
    got = run_shards(
        scratch,
        "import os\n\nimport pytest\n\nINDEX = int(os.environ['TEST_SHARD_INDEX'])\n\n\n"
        "@pytest.mark.parametrize('n', range(INDEX, 6, 3))\ndef test_name(n):\n    pass\n",
    )

    assert [run.exit_code for run in got] == [1, 0, 0]
    assert "its shards may leave tests out, since two processes" in got[0].remark


def test_parameters_that_change_places_fail_the_first_shard(scratch: Scratch) -> None:
    got = run_shards(
        scratch,
        "from dataclasses import dataclass\n\nimport pytest\n\n\n@dataclass(frozen=True)\n"
        "class Case:\n    name: str\n\n\n"
        "@pytest.mark.parametrize('case', {Case(n) for n in 'abcdefghijkl'})\n"
        "def test_case(case):\n    pass\n",
    )

    assert [run.exit_code for run in got] == [1, 0, 0]
    assert "two processes that collect them differ in: case/test_case" in got[0].remark


def test_parameters_that_only_look_different_pass(scratch: Scratch) -> None:
    got = run_shards(
        scratch,
        "import uuid\nfrom dataclasses import dataclass, field\n\nimport pytest\n\n\n@dataclass\n"
        "class Job:\n    name: str\n    id: str = field(default_factory=lambda: uuid.uuid4().hex)\n\n\n"
        "@pytest.mark.parametrize('job', [Job('a'), Job('b')])\n"
        "@pytest.mark.parametrize('names', [{'a', 'b', 'c'}, {'d', 'e', 'f'}])\n"
        "@pytest.mark.parametrize('plain', [object(), object()])\n"
        "def test_job(job, names, plain):\n    pass\n",
    )

    assert [run.exit_code for run in got] == [0, 0, 0], got[0].text
    assert len(ran(got)) == 8


def test_second_collection_that_fails_is_shown(scratch: Scratch) -> None:
    got = run_shards(
        scratch,
        "import pathlib, time\n\nseen = pathlib.Path('seen')\nassert not seen.exists(), 'seen twice'\n"
        "seen.touch()\n\n\ndef test_one():\n    pass\n\n\ndef test_two():\n    time.sleep(2)\n",
    )

    assert got[0].exit_code != 0
    assert "seen twice" in got[0].text


def test_second_collection_that_hangs_comes_to_an_end(scratch: Scratch) -> None:
    got = scratch.run(
        "import os, time\n\nif os.environ['TEST_SHARD_INDEX'] == '1':\n    time.sleep(60)\n\n\n"
        "def test_one():\n    pass\n",
        TEST_TOTAL_SHARDS="2",
        TEST_SHARD_INDEX="0",
        TEST_TIMEOUT="5",
    )

    assert got.exit_code == 1
    assert "a second process" in got.remark
    assert got.remark.endswith("\nIt had not ended shortly before the timeout.")


def test_shard_without_a_test_passes(scratch: Scratch) -> None:
    got = run_shards(scratch, "def test_one():\n    pass\n")

    assert [run.exit_code for run in got] == [0, 0, 0]
    assert got[1].remark == "This shard has no test: there are more shards than tests."


def test_ids_that_occur_twice_are_counted() -> None:
    assert differences([("a", ""), ("a", "")], [("a", "")]) == ["a"]
