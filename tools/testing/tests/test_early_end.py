"""Tests of runs that end before their tests do, which must not pass."""

from pathlib import Path

import pytest

from tools.testing.tests.scratch import Scratch

TWO = """\
import atexit, os, sys, threading, time
import pytest


def test_one():
    {}


def test_two():
    pass
"""
BOTH = "case/test_case.py::test_one, case/test_case.py::test_two"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("os._exit(0)", id="exit"),
        pytest.param("os.execv('/bin/true', ['true'])", id="exec"),
        pytest.param(
            "threading.Thread(target=os._exit, args=[0]).start(); time.sleep(60)",
            id="thread",
        ),
        pytest.param("import ctypes; ctypes.CDLL(None)._exit(0)", id="library in C"),
    ],
)
def test_process_that_ends_within_a_test_fails(scratch: Scratch, body: str) -> None:
    got = scratch.run(TWO.format(body))

    assert got.exit_code == 1
    message = (
        f"//case:test_case: the process of the tests ended by exit code 0 before its session did, "
        f"in case/test_case.py::test_one. Tests that had not finished: {BOTH}."
    )
    assert got.remark == (
        f"{message}\n"
        "Fix: find what ends it there: an error above, os._exit, os.exec*, a signal, or a library in C."
    )
    assert f'name="runner" time="0"><error message="{message}">' in got.xml


def test_process_that_ends_at_import_fails(scratch: Scratch) -> None:
    got = scratch.run("import os\n\nos._exit(0)\n")

    assert got.exit_code == 1
    assert "in no test. Tests that had not finished: none." in got.remark


def test_process_that_crashes_is_named_by_its_signal(scratch: Scratch) -> None:
    got = scratch.run(TWO.format("os.kill(os.getpid(), 11)"))

    assert got.exit_code == 128 + 11
    assert "ended by signal 11 (Segmentation fault) before its session did" in got.text


def test_handler_at_exit_hides_no_failure(scratch: Scratch) -> None:
    got = scratch.run(TWO.format("atexit.register(os._exit, 0); assert False"))

    assert got.exit_code == 1
    assert "1 failed, 1 passed" in got.text


def test_crash_after_the_session_fails(scratch: Scratch) -> None:
    got = scratch.run(TWO.format("atexit.register(os.abort)"))

    assert got.exit_code == 128 + 6
    assert got.remark == (
        "//case:test_case: the tests passed, and after that their process ended by signal 6 (Aborted). "
        "Threads that outlived the session: none.\n"
        "Fix: join them where they were started, and look at atexit handlers; 10 s are left for both."
    )


def test_fork_that_comes_back_from_its_test_fails(scratch: Scratch) -> None:
    got = scratch.run(TWO.format("assert os.fork() == 0 or os.wait()"))

    assert got.exit_code == 1
    assert got.remark == (
        "//case:test_case: a process that case/test_case.py::test_one forked came back from the test, "
        "as a second pytest.\n"
        "Fix: end it within the test, by os._exit."
    )
    assert got.text.count("2 passed") == 1


def test_fork_that_ends_within_its_test_passes(scratch: Scratch) -> None:
    body = "os.fork() or os._exit(0)\n    os.wait()"

    assert scratch.run(TWO.format(body)).exit_code == 0


def test_session_that_a_test_ends_with_success_fails(scratch: Scratch) -> None:
    got = scratch.run(TWO.format("pytest.exit('enough', returncode=0)"))

    assert got.exit_code == 1
    assert got.remark == (
        f"//case:test_case: pytest ended without failure, though 2 of 2 selected tests did not run: {BOTH}.\n"
        "Fix: find what ends the session: pytest.exit, or an argument such as --collect-only."
    )


@pytest.mark.parametrize(
    "argument", ["--collect-only", "--fixtures", "--setup-only", "--setup-plan"]
)
def test_argument_that_runs_no_test_fails(scratch: Scratch, argument: str) -> None:
    got = scratch.run(TWO.format("pass"), PYTEST_ADDOPTS=argument)

    assert got.exit_code == 1
    assert "though 2 of 2 selected tests did not run" in got.remark


@pytest.mark.parametrize("argument", ["--help", "--version", "--markers"])
def test_argument_that_collects_no_test_fails(scratch: Scratch, argument: str) -> None:
    got = scratch.run(TWO.format("pass"), argument)

    assert got.exit_code == 1
    assert got.remark == (
        "//case:test_case: pytest ended without failure before it had collected the tests.\n"
        "Fix: find what ends it: pytest.exit, or an argument such as --help."
    )


def test_argument_with_an_optional_value_takes_no_test_file(scratch: Scratch) -> None:
    got = scratch.run(TWO.format("pass"), "--debug")

    assert (got.exit_code, "2 passed" in got.text) == (0, True)
    assert "def test_one" in (scratch.root / "case/test_case.py").read_text()


def test_test_that_a_plugin_takes_out_unsaid_fails(scratch: Scratch) -> None:
    scratch.write(
        "case/conftest.py",
        "def pytest_collection_modifyitems(items):\n    del items[0]\n",
    )

    got = scratch.run(TWO.format("pass"))

    assert got.exit_code == 4
    assert got.remark == (
        "ERROR: //case:test_case: tests that were taken out after their collection, and not said to be: "
        "case/test_case.py::test_one.\n"
        "Fix: have what takes them out (a pytest_collection_modifyitems) call pytest_deselected for them."
    )
    assert '<error message="//case:test_case: the run ended by exit code 4; ' in got.xml


def test_run_that_is_interrupted_is_not_green_in_its_report(scratch: Scratch) -> None:
    got = scratch.run(TWO.format("raise KeyboardInterrupt"))

    assert got.exit_code == 2
    assert '<error message="//case:test_case: the run ended by exit code 2; ' in got.xml


def test_failure_is_told_once(scratch: Scratch) -> None:
    got = scratch.run(TWO.format("raise AssertionError"))

    assert (got.exit_code, got.xml.count("<failure"), "<error" in got.xml) == (
        1,
        1,
        False,
    )


def test_person_who_asks_what_there_is_gets_it(scratch: Scratch) -> None:
    got = scratch.run(
        TWO.format("pass"), "--collect-only", BUILD_WORKSPACE_DIRECTORY="/here"
    )

    assert got.exit_code == 0
    assert "2 tests collected" in got.text


def test_plugin_that_changes_the_exit_code_hides_no_failure(scratch: Scratch) -> None:
    scratch.write(
        "case/conftest.py",
        "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n",
    )
    got = scratch.run(TWO.format("assert False"))

    assert got.exit_code == 1
    assert got.remark == (
        "//case:test_case: pytest ended without failure, though these failed: case/test_case.py::test_one.\n"
        "Fix: find what changes the exit code, such as a pytest_sessionfinish in a conftest.py."
    )


def test_end_that_a_newer_bazel_looks_for_is_marked(scratch: Scratch) -> None:
    mark = scratch.folder / "premature"
    body = f"assert os.path.exists({str(mark)!r}) and 'TEST_PREMATURE_EXIT_FILE' not in os.environ"

    got = scratch.run(TWO.format(body), TEST_PREMATURE_EXIT_FILE=str(mark))

    assert got.exit_code == 0
    assert not mark.exists()
