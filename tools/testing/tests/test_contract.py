"""Tests of what a run owes Bazel: a test in each file that the target lists, or a reason."""

import gc
import re
from pathlib import Path

import pytest

from tools.testing.tests.scratch import Scratch

PASSING = "def test_one():\n    pass\n"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def test_file_without_a_test_fails_the_run(scratch: Scratch) -> None:
    got = scratch.run("def not_a_test():\n    pass\n")

    assert got.exit_code == 1
    assert got.remark == (
        "case/test_case.py: no test was collected, wanted at least one in each file.\n"
        "Fix: define test functions there, or take the file out of srcs."
    )
    assert 'message="case/test_case.py: no test was collected' in got.xml


def test_log_names_no_folder_of_the_machine(scratch: Scratch) -> None:
    got = scratch.run(PASSING)

    assert got.exit_code == 0
    assert "1 passed" in got.text
    assert "test.xml" not in got.text
    assert str(scratch.folder) not in got.text


def test_namesake_does_not_hide_an_empty_file(scratch: Scratch) -> None:
    scratch.write("one/test_x.py", PASSING)
    scratch.write("two/test_x.py", "")

    got = scratch.run_files(["one/test_x.py", "two/test_x.py"])

    assert got.exit_code == 1
    assert got.remark.startswith("two/test_x.py: no test was collected")


def test_files_are_found_from_where_the_run_began(scratch: Scratch) -> None:
    got = scratch.run("import os\n\n\ndef test_one():\n    os.chdir('/')\n")

    assert got.exit_code == 0


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (
            "import pytest\npytest.importorskip('no_such')\n",
            "could not import 'no_such'",
        ),
        (
            "import pytest\npytest.skip('not here', allow_module_level=True)\n",
            "not here",
        ),
        (
            "import unittest\nraise unittest.SkipTest('not here')\n",
            "SkipTest: not here",
        ),
    ],
)
def test_module_that_skips_itself_is_skipped_with_its_reason(
    scratch: Scratch, module: str, reason: str
) -> None:
    alone = scratch.run(module + PASSING)
    scratch.write("case/test_other.py", PASSING)
    beside = scratch.run_files(["case/test_case.py", "case/test_other.py"])

    assert (alone.exit_code, alone.remark) == (0, "")
    assert re.search(f"SKIPPED .*test_case.py:2: .*{reason}", alone.text)
    assert "<skipped" in alone.xml
    assert beside.exit_code == 0
    assert "1 passed, 1 skipped" in beside.text


def test_skipped_module_hides_no_empty_one(scratch: Scratch) -> None:
    scratch.write("case/test_empty.py", "")
    scratch.write("case/test_case.py", "import pytest\npytest.importorskip('x_y')\n")

    got = scratch.run_files(["case/test_case.py", "case/test_empty.py"])

    assert got.exit_code == 1
    assert got.remark.startswith("case/test_empty.py: no test was collected")


DROPPED = "@{}\n    def test_b(self):\n        assert False"


@pytest.mark.parametrize(
    ("base", "dropped"),
    [
        ("", DROPPED.format("property")),
        ("", DROPPED.format("functools.cached_property")),
        ("", "test_b = functools.partialmethod(lambda self, x: 1 / x, 0)"),
        ("(unittest.TestCase)", DROPPED.format("property")),
    ],
)
def test_descriptor_that_pytest_drops_from_a_class_fails_the_run(
    scratch: Scratch, base: str, dropped: str
) -> None:
    got = scratch.run(
        f"import functools, unittest\n\n\nclass Test{base}:\n"
        f"    def test_a(self):\n        pass\n\n    {dropped}\n"
    )

    assert got.exit_code == 1
    assert got.remark == (
        "case/test_case.py::Test::test_b: pytest runs no property or other descriptor as a test.\n"
        "Fix: make it a method, or give it a name that is no test's."
    )


def test_option_of_a_plugin_that_is_not_there_is_no_error(scratch: Scratch) -> None:
    settings = (scratch.root / "pyproject.toml").read_text()
    scratch.write("pyproject.toml", settings + 'asyncio_mode = "auto"\n')

    got = scratch.run(PASSING)

    assert got.exit_code == 0, got.text


def test_misspelt_option_of_pytest_is_an_error(scratch: Scratch) -> None:
    settings = (scratch.root / "pyproject.toml").read_text()
    scratch.write("pyproject.toml", settings + "xfail_stric = true\n")

    got = scratch.run(PASSING)

    assert got.exit_code != 0
    assert "Unknown config option: xfail_stric" in got.text


@pytest.mark.parametrize(
    ("name", "loss"), [("terminal", "the log"), ("unittest", "tests of unittest")]
)
def test_plugin_of_pytest_that_a_run_needs_is_not_left_out(
    scratch: Scratch, name: str, loss: str
) -> None:
    got = scratch.run(PASSING, f"-pno:{name}")

    assert got.exit_code == pytest.ExitCode.USAGE_ERROR
    assert got.remark == (
        f"ERROR: //case:test_case: -p no:{name} leaves out {loss}.\n"
        "Fix: take it out of args, or of addopts."
    )


def test_processes_of_xdist_are_refused(scratch: Scratch) -> None:
    scratch.write(
        "case/conftest.py",
        "def pytest_configure(config):\n    config.pluginmanager.register(object(), 'dsession')\n",
    )
    got = scratch.run(PASSING)

    assert got.exit_code == pytest.ExitCode.USAGE_ERROR
    assert got.remark == (
        "ERROR: //case:test_case: pytest-xdist's processes (-n) are not supported.\n"
        "Fix: take -n out, and set shard_count; Bazel runs the shards side by side."
    )


def test_garbage_of_tests_is_collected() -> None:
    assert gc.isenabled()
