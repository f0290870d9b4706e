"""Tests of runs at a terminal, in the process group that Bazel's test-setup.sh makes."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tools.testing.tests.scratch import RUNNER, Scratch
from tools.testing.waiting import wait_until

# As test-setup.sh does: in the background, in a group of its own.
SETUP = 'set -m; ("$0" "$@" 2>&1) <&0 & set +m; wait $!; code=$?; read -r line; echo "outside: $line"; exit $code'
STOPS = "def test_stop():\n    number = 6\n    breakpoint()\n"


class Session:
    """A run of the runner at a terminal."""

    def __init__(self, scratch: Scratch, *arguments: str) -> None:
        self.terminal, theirs = pty.openpty()
        command = [sys.executable, RUNNER, "--test-file=case/test_case.py", *arguments]
        self.process = subprocess.Popen(
            ["setsid", "--ctty", "bash", "-c", SETUP, *command],
            cwd=scratch.root,
            env={
                **scratch.environ(),
                "BUILD_WORKSPACE_DIRECTORY": "/nowhere",
                "TEST_TARGET": "//case:test_case",
                "TERM": "dumb",
            },
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        os.set_blocking(self.terminal, False)
        self.text = ""

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows something."""

        def is_shown() -> bool:
            with suppress(BlockingIOError):
                self.text += os.read(self.terminal, 65536).decode()
            return text in self.text

        wait_until(is_shown, seen=lambda: self.text)

    def type(self, text: str) -> None:
        """Type at the terminal."""
        os.write(self.terminal, text.encode())


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path)
    scratch.write("case/test_case.py", STOPS)
    return scratch


@pytest.fixture
def sessions(scratch: Scratch) -> Iterator[list[Session]]:
    started: list[Session] = []
    yield started
    for session in started:
        if session.process.poll() is None:
            os.killpg(session.process.pid, signal.SIGKILL)
        session.process.wait(60)
        os.close(session.terminal)


def test_breakpoint_reads_what_is_typed(
    scratch: Scratch, sessions: list[Session]
) -> None:
    session = Session(scratch)
    sessions.append(session)

    session.wait_for("(Pdb)")
    session.type("p number * 7\n")
    session.wait_for("42")
    session.type("continue\n")
    session.wait_for("1 passed")
    # The terminal is the caller's again.
    session.type("done\n")
    session.wait_for("outside: done")

    assert session.process.wait(60) == 0


def test_failure_opens_the_debugger_where_it_is_asked_for(
    scratch: Scratch, sessions: list[Session]
) -> None:
    scratch.write(
        "case/test_case.py",
        "def test_sum():\n    total = 40 + 1\n    assert total == 42\n",
    )
    session = Session(scratch, "-k", "sum", "--pdb")
    sessions.append(session)

    session.wait_for("(Pdb)")
    session.type("p total + 7\n")
    session.wait_for("48")
    session.type("quit\n")
    session.wait_for("1 failed")


def test_ctrl_c_ends_a_run_that_waits(
    scratch: Scratch, sessions: list[Session]
) -> None:
    waiting = "import threading\n\n\ndef test_waits():\n    print('waits', flush=True)\n    threading.Event().wait()\n"
    scratch.write("case/test_case.py", waiting)
    session = Session(scratch, "-s")
    sessions.append(session)

    session.wait_for("waits")
    session.type("\x1a\x03")
    session.wait_for("KeyboardInterrupt")
    session.type("done\n")
    session.wait_for("outside: done")

    assert session.process.wait(60) != 0
