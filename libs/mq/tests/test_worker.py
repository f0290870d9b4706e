"""Tests of the loop around a handler, over the transports that need no broker."""

import logging
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from libs.mq import dead_letters
from libs.mq.messages import Message
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.queues import Queue
from libs.mq.task import Retry, Task, each
from libs.mq.tests.ping import PONGS, Ping, Pong, answer
from libs.mq.worker import Worker
from tools.testing.waiting import wait_until

_FAST = Retry(attempts=3, pause=0.01, growth=1)

_DIE = (
    "import os, signal, sys, threading\n"
    f"sys.path[:] = {sys.path!r}\n"
    "from libs.mq.queues import Queue\n"
    "from libs.mq.tests.ping import Ping\n"
    "from libs.mq.task import Task\n"
    "from libs.mq.worker import Worker\n"
    "def die(pings):\n"
    "    os.kill(os.getpid(), signal.SIGKILL)\n"
    "Worker(sys.argv[1], Task(Queue('pings'), Ping, die)).run(threading.Event())\n"
)

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
        taken = publisher.publish([Outgoing.of(Ping(number=n)) for n in numbers])
    assert all(taken)


def _nothing(_: Pong) -> Pong | None:
    return None


def _run[M: Message](url: str, task: Task[M, Pong]) -> None:
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


def test_message_that_always_fails_is_dead_lettered_and_spares_the_others(
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

    [letter] = dead_letters.peek(url, pings)
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


def test_message_of_another_kind_is_dead_lettered_at_once(
    url: str, pings: Queue
) -> None:
    with Publisher(url, pings) as publisher:
        publisher.publish([Outgoing.of(Pong(number=1))])

    _run(url, Task(pings, Ping, each(answer), PONGS))

    [letter] = dead_letters.peek(url, pings)
    assert letter.reason == "the message is of kind 'pong', wanted 'ping'"


def test_dead_letters_can_be_requeued(url: str, pings: Queue) -> None:
    def refuse(ping: Ping) -> Pong:
        raise RuntimeError("broken")

    _send(url, pings, 1, 2)
    _run(url, Task(pings, Ping, each(refuse), PONGS, _FAST))

    assert dead_letters.requeue(url, pings) == 2
    _run(url, Task(pings, Ping, each(answer), PONGS))
    assert sorted(_collect(url)) == [1, 2]


def test_dead_letters_command_lists_requeues_and_drops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    _send(url, pings, 1, 2)
    _run(url, Task(pings, Pong, each(_nothing)))

    def run(*action: str) -> str:
        assert dead_letters.main([url, "pings", *action]) == 0
        return capsys.readouterr().out

    first = run()
    assert run("requeue", "--limit", "1") == "1 messages\n"
    assert run("drop") == "1 messages\n"
    left = run("list")

    assert first.count("the message is of kind 'ping', wanted 'pong': {") == 2
    assert left == ""
    _run(url, Task(pings, Ping, each(answer), PONGS))
    assert _collect(url) == [1]


def test_dead_letters_command_reports_what_it_cannot_reach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    codes = [
        dead_letters.main([url, "pings"])
        for url in ("carrier://pigeon", f"disk://{tmp_path}/file")
    ]

    assert codes == [1, 1]
    assert "Traceback" not in capsys.readouterr().err


def test_stop_returns_what_is_in_hand(url: str, pings: Queue) -> None:
    stop = Event()

    def stop_at_once(messages: Sequence[Ping]) -> list[Pong | None]:
        stop.set()
        return [answer(each) for each in messages]

    _send(url, pings, *range(10))
    Worker(url, Task(pings, Ping, stop_at_once, PONGS, batch=3)).run(stop)
    _run(url, Task(pings, Ping, each(answer), PONGS))

    assert sorted(_collect(url)) == list(range(10))


def test_full_results_queue_holds_the_message_back(tmp_path: Path) -> None:
    url, pings, pongs = f"disk://{tmp_path}", Queue("pings"), Queue("few", capacity=2)
    _send(url, pings, *range(5))
    got: list[int] = []

    def all_came() -> bool:
        got.extend(_collect(url, pongs))
        return len(got) >= 5

    with _working(Worker(url, Task(pings, Ping, each(answer), pongs))):
        wait_until(all_came)

    assert sorted(got) == list(range(5))


def test_messages_of_a_killed_worker_are_delivered_again(tmp_path: Path) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    _send(url, pings, *range(5))

    died = subprocess.run(
        [sys.executable, "-I", "-c", _DIE, url], check=False, timeout=60
    )
    _run_for(url, Task(pings, Ping, each(answer), PONGS), 5)

    assert died.returncode == -9
    assert sorted(_collect(url)) == list(range(5))


def test_message_that_kills_its_workers_is_dead_lettered(tmp_path: Path) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    _send(url, pings, 1)
    for _ in range(2):
        subprocess.run([sys.executable, "-I", "-c", _DIE, url], check=False, timeout=60)

    _run(url, Task(pings, Ping, each(answer), PONGS, deliveries=2))

    [letter] = dead_letters.peek(url, pings)
    assert letter.reason == "delivered 2 times without an answer"


@pytest.mark.parametrize("payload", ["no JSON", "[]", '{"body": 1}', "\x00", "é"])
def test_rubbish_in_the_file_is_dead_lettered(tmp_path: Path, payload: str) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    _send(url, pings, 1)
    with sqlite3.connect(tmp_path / "messages.sqlite3") as database:
        database.execute("UPDATE messages SET body = ?, headers = body", (payload,))
    database.close()

    _run(url, Task(pings, Ping, each(answer), PONGS))

    [letter] = dead_letters.peek(url, pings)
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
    worker = Worker(f"disk://{tmp_path}/file", Task(PONGS, Ping, each(answer)))
    with caplog.at_level(logging.WARNING), _working(worker):
        wait_until(lambda: len(caplog.records) >= 2)

    assert "no connection to the queue" in caplog.text
    assert not worker.is_connected()
    assert worker.is_alive()


def test_worker_that_never_ran_is_not_alive() -> None:
    task: Task[Ping, Pong] = Task(PONGS, Ping, each(answer))
    worker = Worker("memory://", task)

    assert not worker.is_alive()
    assert not worker.is_connected()


@contextmanager
def _working(worker: Worker[Ping, Pong], grace: float = 10.0) -> Iterator[Event]:
    """Run a worker in a thread; give what stops it."""
    stop = Event()
    # A daemon: where the test fails, nothing waits for it.
    thread = threading.Thread(
        target=worker.run, args=(stop,), kwargs={"grace": grace}, daemon=True
    )
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


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
    _send(url, pings, 1)

    with _working(worker):
        slow.taken.get(timeout=10)
        time.sleep(1.2)
        well = worker.is_alive(seconds=1), worker.is_connected(seconds=1)
        slow.go_on.set()

    assert (well, _collect(url)) == ((True, True), [1])


def test_handler_that_hangs_is_told(url: str, pings: Queue) -> None:
    slow = _Slow()
    worker = Worker(url, Task(pings, Ping, each(slow), PONGS, longest=0))
    _send(url, pings, 1)

    with _working(worker):
        slow.taken.get(timeout=10)
        wait_until(lambda: not worker.is_alive(seconds=0.5), 10)
        slow.go_on.set()

    assert _collect(url) == [1]


def test_handler_finishes_within_the_grace_of_a_stop(url: str, pings: Queue) -> None:
    slow = _Slow()
    _send(url, pings, 1)

    with _working(Worker(url, Task(pings, Ping, each(slow), PONGS))) as stop:
        slow.taken.get(timeout=10)
        stop.set()
        time.sleep(0.7)
        slow.go_on.set()

    assert _collect(url) == [1]
    assert _collect(url, pings) == []


def test_message_goes_back_once_where_its_handler_outlasts_the_grace(
    tmp_path: Path,
) -> None:
    url, pings, slow = f"disk://{tmp_path}", Queue("pings"), _Slow()
    _send(url, pings, 1)

    with _working(Worker(url, Task(pings, Ping, each(slow), PONGS)), grace=0.2) as stop:
        slow.taken.get(timeout=10)
        stop.set()
    _run(url, Task(pings, Ping, each(answer), PONGS))
    # Too late: what it gives is nobody's any more.
    slow.go_on.set()

    assert _collect(url) == [1]


def test_process_ends_though_its_handler_does_not(tmp_path: Path) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    _send(url, pings, 1)

    ended = subprocess.run(
        [sys.executable, "-I", "-c", _HANG, url],
        timeout=30,
        capture_output=True,
        text=True,
        check=False,
    )
    _run(url, Task(pings, Ping, each(answer), PONGS))

    assert (ended.returncode, ended.stdout) == (0, "ended\n")
    assert "stopped while a handler works; its messages go back" in ended.stderr
    assert _collect(url) == [1]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_handler_that_would_end_the_worker_fails_like_any_other(
    url: str, pings: Queue, error: BaseException
) -> None:
    def end(ping: Ping) -> Pong:
        if ping.number == 1:
            raise error
        return answer(ping)

    _send(url, pings, 1, 2)
    _run(url, Task(pings, Ping, each(end), PONGS, _FAST))

    [letter] = dead_letters.peek(url, pings)
    assert letter.reason == f"failed 3 times: {error!r}"
    assert _collect(url) == [2]


def test_handler_sees_the_context_of_the_loop_and_always_one_thread(
    url: str, pings: Queue
) -> None:
    seen: list[tuple[str, int]] = []
    name: ContextVar[str] = ContextVar("name")

    def note(ping: Ping) -> None:
        seen.append((name.get(), threading.get_ident()))

    _send(url, pings, 1, 2)
    token = name.set("mine")
    _run(url, Task(pings, Ping, each(note), batch=1))
    name.reset(token)

    assert seen == [("mine", seen[0][1])] * 2
    assert seen[0][1] != threading.get_ident()


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
