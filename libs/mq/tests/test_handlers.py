"""Tests of what a worker does while its handler works, over the transports that need no broker."""

import subprocess
import sys
import threading
import time
from contextvars import ContextVar
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest

from libs.mq import dead_letters
from libs.mq.queues import Queue
from libs.mq.task import Task, each
from libs.mq.tests.loops import FAST, collect, run, send, working
from libs.mq.tests.ping import PONGS, Ping, Pong, answer
from libs.mq.worker import Worker
from tools.testing.waiting import wait_until

_HANG = (
    "import logging, signal, sys, threading, time\n"
    f"sys.path[:] = {sys.path!r}\n"
    "from libs.mq.queues import Queue\n"
    "from libs.mq.tests.ping import Ping\n"
    "from libs.mq.task import Task\n"
    "from libs.mq.worker import Worker\n"
    "stop = threading.Event()\n"
    "signal.signal(signal.SIGTERM, lambda *_: stop.set())\n"
    "def hang(pings):\n"
    "    signal.raise_signal(signal.SIGTERM)\n"
    "    time.sleep(1000)\n"
    "Worker(sys.argv[1], Task(Queue('pings'), Ping, hang)).run(stop, grace=0.1)\n"
    "print('ended')\n"
)


class _Slow:
    """A handler that waits to be let go on."""

    def __init__(self) -> None:
        self.taken: SimpleQueue[int] = SimpleQueue()
        self.go_on = Event()

    def __call__(self, ping: Ping) -> Pong:
        self.taken.put(ping.number)
        if not self.go_on.wait(30):
            raise AssertionError("nobody let the handler go on")
        return answer(ping)


def test_worker_is_alive_while_its_handler_works(url: str, pings: Queue) -> None:
    slow = _Slow()
    worker = Worker(url, Task(pings, Ping, each(slow), PONGS))
    send(url, pings, 1)

    with working(worker):
        slow.taken.get(timeout=10)
        time.sleep(1.2)
        well = worker.is_alive(seconds=1), worker.is_connected(seconds=1)
        slow.go_on.set()

    assert (well, collect(url)) == ((True, True), [1])


def test_handler_that_hangs_is_told(url: str, pings: Queue) -> None:
    slow = _Slow()
    worker = Worker(url, Task(pings, Ping, each(slow), PONGS, longest=0))
    send(url, pings, 1)

    with working(worker):
        slow.taken.get(timeout=10)
        wait_until(lambda: not worker.is_alive(seconds=0.5), 10)
        slow.go_on.set()

    assert collect(url) == [1]


def test_handler_finishes_within_the_grace_of_a_stop(url: str, pings: Queue) -> None:
    slow = _Slow()
    send(url, pings, 1)

    with working(Worker(url, Task(pings, Ping, each(slow), PONGS))) as stop:
        slow.taken.get(timeout=10)
        stop.set()
        time.sleep(0.7)
        slow.go_on.set()

    assert collect(url) == [1]
    assert collect(url, pings) == []


def test_message_goes_back_once_where_its_handler_outlasts_the_grace(
    tmp_path: Path,
) -> None:
    url, pings, slow = f"disk://{tmp_path}", Queue("pings"), _Slow()
    send(url, pings, 1)

    with working(Worker(url, Task(pings, Ping, each(slow), PONGS)), grace=0.2) as stop:
        slow.taken.get(timeout=10)
        stop.set()
    run(url, Task(pings, Ping, each(answer), PONGS))
    # Too late: what it gives is nobody's any more.
    slow.go_on.set()

    assert collect(url) == [1]


def test_process_ends_though_its_handler_does_not(tmp_path: Path) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    send(url, pings, 1)

    ended = subprocess.run(
        [sys.executable, "-I", "-c", _HANG, url],
        timeout=30,
        capture_output=True,
        text=True,
        check=False,
    )
    run(url, Task(pings, Ping, each(answer), PONGS))

    assert (ended.returncode, ended.stdout) == (0, "ended\n")
    assert "stopped while a handler works; its messages go back" in ended.stderr
    assert collect(url) == [1]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_handler_that_would_end_the_worker_fails_like_any_other(
    url: str, pings: Queue, error: BaseException
) -> None:
    def end(ping: Ping) -> Pong:
        if ping.number == 1:
            raise error
        return answer(ping)

    send(url, pings, 1, 2)
    run(url, Task(pings, Ping, each(end), PONGS, FAST))

    [letter] = dead_letters.peek(url, pings)
    assert letter.reason == f"failed 3 times: {error!r}"
    assert collect(url) == [2]


def test_handler_sees_the_context_of_the_loop_and_always_one_thread(
    url: str, pings: Queue
) -> None:
    seen: list[tuple[str, int]] = []
    name: ContextVar[str] = ContextVar("name")

    def note(ping: Ping) -> None:
        seen.append((name.get(), threading.get_ident()))

    send(url, pings, 1, 2)
    token = name.set("mine")
    run(url, Task(pings, Ping, each(note), batch=1))
    name.reset(token)

    assert seen == [("mine", seen[0][1])] * 2
    assert seen[0][1] != threading.get_ident()
