"""Tests of the loop around a handler, over the transports that need no broker."""

import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from libs.mq.queues import Queue
from libs.mq.task import Task, each
from libs.mq.tests.loops import DIE, FAST, collect, run, send, working
from libs.mq.tests.ping import PONGS, Ping, Pong, answer
from libs.mq.worker import Worker
from tools.testing.waiting import time_limit, wait_until


def test_each_message_is_answered_once(url: str, pings: Queue) -> None:
    send(url, pings, *range(200))

    run(url, Task(pings, Ping, each(answer), PONGS))

    assert sorted(collect(url)) == list(range(200))


def test_worker_logs_what_it_did(
    tmp_path: Path, pings: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"disk://{tmp_path}"
    send(url, pings, 1, 2, 3)
    with caplog.at_level(logging.INFO, "libs.mq.session"):
        run(url, Task(pings, Ping, each(answer), PONGS))

    [record] = [line for line in caplog.records if line.msg == "messages handled"]
    seen = vars(record)
    assert (seen["queue"], seen["count"]) == (pings.name, 3)
    assert seen["milliseconds"] >= 0


def test_message_that_fails_is_tried_again(url: str, pings: Queue) -> None:
    attempts: list[int] = []

    def second_time(ping: Ping) -> Pong:
        attempts.append(ping.number)
        if len(attempts) < 2:
            raise RuntimeError("not yet")
        return answer(ping)

    send(url, pings, 7)
    run(url, Task(pings, Ping, each(second_time), PONGS, FAST))

    assert (attempts, collect(url)) == ([7, 7], [7])


def test_messages_that_fail_together_are_handled_each_alone_and_it_is_told(
    url: str, pings: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    sizes: list[int] = []

    def one_at_a_time(messages: Sequence[Ping]) -> list[Pong | None]:
        sizes.append(len(messages))
        if len(messages) > 1:
            raise RuntimeError("too many")
        return [answer(each) for each in messages]

    send(url, pings, *range(3))
    run(url, Task(pings, Ping, one_at_a_time, PONGS, FAST))

    assert sizes == [3, 1, 1, 1]
    assert sorted(collect(url)) == [0, 1, 2]
    assert "3 messages failed together; each is handled alone" in caplog.text


def test_stop_returns_what_is_in_hand(url: str, pings: Queue) -> None:
    stop = Event()

    def stop_at_once(messages: Sequence[Ping]) -> list[Pong | None]:
        stop.set()
        return [answer(each) for each in messages]

    send(url, pings, *range(10))
    Worker(url, Task(pings, Ping, stop_at_once, PONGS, batch=3)).run(stop)
    run(url, Task(pings, Ping, each(answer), PONGS))

    assert sorted(collect(url)) == list(range(10))


def test_full_results_queue_holds_the_message_back(tmp_path: Path) -> None:
    url, pings, pongs = f"disk://{tmp_path}", Queue("pings"), Queue("few", capacity=2)
    send(url, pings, *range(5))
    got: list[int] = []

    def all_came() -> bool:
        got.extend(collect(url, pongs))
        return len(got) >= 5

    with working(Worker(url, Task(pings, Ping, each(answer), pongs))):
        wait_until(all_came)

    assert sorted(got) == list(range(5))


def test_messages_of_a_killed_worker_are_delivered_again(tmp_path: Path) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    send(url, pings, *range(5))

    died = subprocess.run(
        [sys.executable, "-I", "-c", DIE, url], check=False, timeout=60
    )
    _run_for(url, Task(pings, Ping, each(answer), PONGS), 5)

    assert died.returncode == -9
    assert sorted(collect(url)) == list(range(5))


def test_trace_goes_from_sender_to_handler_to_reader(url: str, pings: Queue) -> None:
    trace.set_tracer_provider(TracerProvider())
    seen: list[int] = []

    def note(ping: Ping) -> Pong:
        seen.append(trace.get_current_span().get_span_context().trace_id)
        return answer(ping)

    with trace.get_tracer("test").start_as_current_span("root") as root:
        send(url, pings, 1)
    run(url, Task(pings, Ping, each(note), PONGS))
    read: Callable[[Pong], None] = lambda _: seen.append(  # noqa: E731
        trace.get_current_span().get_span_context().trace_id
    )
    run(url, Task(PONGS, Pong, each(read)))

    assert seen == [root.get_span_context().trace_id] * 2


def test_unreachable_queue_is_told_and_tried_again(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    worker = Worker(f"disk://{tmp_path}/file", Task(PONGS, Ping, each(answer)))
    with caplog.at_level(logging.WARNING), working(worker):
        wait_until(lambda: len(caplog.records) >= 2)

    assert "no connection to the queue" in caplog.text
    assert not worker.is_connected()
    assert worker.is_alive()


def test_worker_that_never_ran_is_not_alive() -> None:
    task: Task[Ping, Pong] = Task(PONGS, Ping, each(answer))
    worker = Worker("memory://", task)

    assert not worker.is_alive()
    assert not worker.is_connected()


def _run_for(url: str, task: Task[Ping, Pong], wanted: int) -> None:
    """Run a worker until so many messages were handled."""
    stop = Event()
    handled = 0

    def counting(messages: Sequence[Ping]) -> Sequence[Pong | None]:
        nonlocal handled
        results = task.handle(messages)
        handled += len(messages)
        if handled >= wanted:
            stop.set()
        return results

    with time_limit(f"the worker of {wanted} messages", stop.set):
        Worker(url, Task(task.source, Ping, counting, task.results)).run(stop)
