"""Tests of runs that don't come to their end."""

from pathlib import Path

import pytest

from tools.testing.tests.scratch import Scratch

WAITING = """\
import signal, threading


def wait_for_nobody():
    threading.Event().wait()


def test_quick():
    pass


def test_slow():
    wait_for_nobody()
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def test_stacks_are_printed_before_bazel_ends_the_run(scratch: Scratch) -> None:
    # Bazel would send TERM to the test's process group: to both processes of the runner.
    got = scratch.run(WAITING, TEST_TIMEOUT="5", timeout="8")

    assert got.exit_code == 128 + 15
    said, _, stack = got.remark.partition(" Its stacks:\n")
    assert (
        said
        == "//case:test_case: nearly 5 s are over, in case/test_case.py::test_slow."
    )
    assert "in wait_for_nobody" in stack
    assert stack.endswith(
        "//case:test_case: the run was stopped by signal 15 (Terminated), in case/test_case.py::test_slow. "
        "Tests that had not finished: case/test_case.py::test_slow."
    )
    assert 'name="runner"' in got.xml


def test_thread_that_never_ends_is_named(scratch: Scratch) -> None:
    got = scratch.run(
        "import threading\n\n\ndef test_starts():\n"
        "    threading.Thread(target=threading.Event().wait, name='poller').start()\n"
    )

    assert got.exit_code == 1
    assert "[poller] (most recent call first)" in got.text
    assert "Threads that outlived the session: poller.\n" in got.remark


def test_thread_that_ends_soon_passes(scratch: Scratch) -> None:
    got = scratch.run(
        "import threading, time\n\n\ndef test_starts():\n"
        "    threading.Thread(target=time.sleep, args=[0.5]).start()\n"
    )

    assert got.exit_code == 0
