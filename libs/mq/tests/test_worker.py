"""Tests of the loop around a handler, over the transports that need no broker."""

import logging
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from libs.mq import dead_letters
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.queues import Queue
from libs.mq.tests.ping import PONGS, Ping, Pong, answer
from libs.mq.worker import Retry, Task, Worker, each

_FAST = Retry(attempts=3, pause=0.01, growth=1)

_DIE = (
    "import os, signal, sys, threading\n"
    f"sys.path[:] = {sys.path!r}\n"
    "from libs.mq.queues import Queue\n"
    "from libs.mq.tests.ping import Ping\n"
    "from libs.mq.worker import Task, Worker\n"
    "def die(pings):\n"
    "    os.kill(os.getpid(), signal.SIGKILL)\n"
    "Worker(sys.argv[1], Task(Queue('pings'), Ping, die)).run(threading.Event())\n"
)


@pytest.fixture(params=["disk", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where the queues are."""
    return f"disk://{tmp_path}" if request.param == "disk" else "memory://"


@pytest.fixture
def pings() -> Queue:
    """Return a queue of a name of its own: the memory transport keeps them all."""
    return Queue(f"pings-{uuid.uuid4().hex}", capacity=1000)


def _send(url: str, queue: Queue, *numbers: int) -> None:
    with Publisher(url, queue) as publisher:
        taken = publisher.publish([Outgoing(Ping(number=n)) for n in numbers])
    assert all(taken)


def _run(url: str, task: Task[Ping, Pong]) -> None:
    Worker(url, task).run(threading.Event(), until_empty=True)


def _collect(url: str, queue: Queue = PONGS) -> list[int]:
    got: list[int] = []
    handle: Callable[[Pong], None] = lambda pong: got.append(pong.number)  # noqa: E731
    task: Task[Pong, Pong] = Task(queue, Pong, each(handle))
    Worker(url, task).run(threading.Event(), until_empty=True)
    return got


def test_each_message_is_answered_once(url: str, pings: Queue) -> None:
    _send(url, pings, *range(200))

    _run(url, Task(pings, Ping, each(answer), PONGS))

    assert sorted(_collect(url)) == list(range(200))


def test_message_that_fails_is_tried_again(url: str, pings: Queue) -> None:
    attempts: list[int] = []

    def second_time(ping: Ping) -> Pong:
        attempts.append(ping.number)
        if len(attempts) < 2:
            raise RuntimeError("not yet")
        return answer(ping)

    _send(url, pings, 7)
    _run(url, Task(pings, Ping, each(second_time), PONGS, _FAST))

    assert (attempts, _collect(url)) == ([7, 7], [7])


def test_poison_is_parked_after_its_attempts_and_spares_the_others(
    url: str, pings: Queue
) -> None:
    attempts: list[int] = []

    def refuse_three(ping: Ping) -> Pong:
        attempts.append(ping.number)
        if ping.number == 3:
            raise RuntimeError("never three")
        return answer(ping)

    _send(url, pings, *range(6))
    _run(url, Task(pings, Ping, each(refuse_three), PONGS, _FAST))

    [letter] = dead_letters.look(url, pings)
    assert letter.reason == "failed 3 times: RuntimeError('never three')"
    assert sorted(_collect(url)) == [0, 1, 2, 4, 5]


def test_messages_that_fail_together_are_handled_each_alone_and_it_is_told(
    url: str, pings: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    sizes: list[int] = []

    def one_at_a_time(messages: Sequence[Ping]) -> list[Pong | None]:
        sizes.append(len(messages))
        if len(messages) > 1:
            raise RuntimeError("too many")
        return [answer(each) for each in messages]

    _send(url, pings, *range(3))
    _run(url, Task(pings, Ping, one_at_a_time, PONGS, _FAST))

    assert sizes == [3, 1, 1, 1]
    assert sorted(_collect(url)) == [0, 1, 2]
    assert "3 messages failed together; each is handled alone" in caplog.text


def test_message_of_another_kind_is_parked_at_once(url: str, pings: Queue) -> None:
    with Publisher(url, pings) as publisher:
        publisher.publish([Outgoing(Pong(number=1))])

    _run(url, Task(pings, Ping, each(answer), PONGS))

    [letter] = dead_letters.look(url, pings)
    assert letter.reason == "the message is of kind 'pong', wanted 'ping'"


def test_parked_messages_can_be_revived(url: str, pings: Queue) -> None:
    def refuse(ping: Ping) -> Pong:
        raise RuntimeError("broken")

    _send(url, pings, 1, 2)
    _run(url, Task(pings, Ping, each(refuse), PONGS, _FAST))

    assert dead_letters.revive(url, pings) == 2
    _run(url, Task(pings, Ping, each(answer), PONGS))
    assert sorted(_collect(url)) == [1, 2]


def test_stop_returns_what_is_in_hand(url: str, pings: Queue) -> None:
    stop = threading.Event()

    def stop_at_once(messages: Sequence[Ping]) -> list[Pong | None]:
        stop.set()
        return [answer(each) for each in messages]

    _send(url, pings, *range(10))
    Worker(url, Task(pings, Ping, stop_at_once, PONGS, batch=3)).run(stop)
    _run(url, Task(pings, Ping, each(answer), PONGS))

    assert sorted(_collect(url)) == list(range(10))


def test_full_results_queue_holds_the_message_back(tmp_path: Path) -> None:
    url, pings, pongs = f"disk://{tmp_path}", Queue("pings"), Queue("few", capacity=2)
    stop = threading.Event()
    _send(url, pings, *range(5))

    task = Task(pings, Ping, each(answer), pongs)
    thread = threading.Thread(target=Worker(url, task).run, args=(stop,))
    thread.start()
    got: list[int] = []
    deadline = time.monotonic() + 30
    while len(got) < 5 and time.monotonic() < deadline:
        got += _collect(url, pongs)
    stop.set()
    thread.join()

    assert sorted(got) == list(range(5))


def test_messages_of_a_killed_worker_are_delivered_again(tmp_path: Path) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    _send(url, pings, *range(5))

    died = subprocess.run([sys.executable, "-I", "-c", _DIE, url], check=False)
    _run_for(url, Task(pings, Ping, each(answer), PONGS), 5)

    assert died.returncode == -9
    assert sorted(_collect(url)) == list(range(5))


def test_message_that_kills_its_workers_is_parked(tmp_path: Path) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    _send(url, pings, 1)
    for _ in range(2):
        subprocess.run([sys.executable, "-I", "-c", _DIE, url], check=False)

    _run(url, Task(pings, Ping, each(answer), PONGS, deliveries=2))

    [letter] = dead_letters.look(url, pings)
    assert letter.reason == "delivered 2 times without an answer"


@pytest.mark.parametrize("payload", ["no JSON", "[]", '{"body": 1}', "\x00", "é"])
def test_rubbish_in_the_file_is_parked(tmp_path: Path, payload: str) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    _send(url, pings, 1)
    with sqlite3.connect(tmp_path / "queue.sqlite3") as database:
        database.execute("UPDATE messages SET payload = ?", (payload,))
    database.close()

    _run(url, Task(pings, Ping, each(answer), PONGS))

    [letter] = dead_letters.look(url, pings)
    assert (letter.body, _collect(url)) == (payload.encode(), [])


def test_trace_goes_from_sender_to_handler_to_reader(url: str, pings: Queue) -> None:
    trace.set_tracer_provider(TracerProvider())
    seen: list[int] = []

    def note(ping: Ping) -> Pong:
        seen.append(trace.get_current_span().get_span_context().trace_id)
        return answer(ping)

    with trace.get_tracer("test").start_as_current_span("root") as root:
        _send(url, pings, 1)
    _run(url, Task(pings, Ping, each(note), PONGS))
    read: Callable[[Pong], None] = lambda _: seen.append(  # noqa: E731
        trace.get_current_span().get_span_context().trace_id
    )
    task: Task[Pong, Pong] = Task(PONGS, Pong, each(read))
    Worker(url, task).run(threading.Event(), until_empty=True)

    assert seen == [root.get_span_context().trace_id] * 2


def test_unreachable_queue_is_told_and_tried_again(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    stop = threading.Event()
    worker = Worker(f"disk://{tmp_path}/file", Task(PONGS, Ping, each(answer)))
    thread = threading.Thread(target=worker.run, args=(stop,))

    with caplog.at_level(logging.WARNING):
        thread.start()
        while len(caplog.records) < 2:
            thread.join(0.01)
        stop.set()
        thread.join(10)

    assert "no connection to the queue" in caplog.text
    assert not worker.is_connected()
    assert worker.is_alive()


def test_worker_that_never_ran_is_not_alive() -> None:
    task: Task[Ping, Pong] = Task(PONGS, Ping, each(answer))
    worker = Worker("memory://", task)

    assert not worker.is_alive()
    assert not worker.is_connected()


def test_handler_that_hangs_is_told(url: str, pings: Queue) -> None:
    started, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def hang(_: Ping) -> None:
        started.set()
        go_on.wait()

    _send(url, pings, 1)
    task: Task[Ping, Pong] = Task(pings, Ping, each(hang))
    worker = Worker(url, task)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    started.wait(10)
    time.sleep(0.05)
    well, hangs = worker.is_alive(), not worker.is_alive(seconds=0.04)
    stop.set()
    go_on.set()
    thread.join(10)

    assert (well, hangs) == (True, True)


def _run_for(url: str, task: Task[Ping, Pong], wanted: int) -> None:
    """Run a worker until so many messages were handled."""
    stop = threading.Event()
    handled = 0

    def counting(messages: Sequence[Ping]) -> Sequence[Pong | None]:
        nonlocal handled
        results = task.handle(messages)
        handled += len(messages)
        if handled >= wanted:
            stop.set()
        return results

    Worker(url, Task(task.source, Ping, counting, task.results)).run(stop)
