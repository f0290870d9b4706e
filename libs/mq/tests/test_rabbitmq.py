"""Tests of queues over a real RabbitMQ that is killed and started again."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from libs.mq import dead_letters
from libs.mq.errors import BrokerError
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.queues import Queue
from libs.mq.task import Task, each
from libs.mq.tests.loops import nothing, run
from libs.mq.tests.ping import PINGS, PONGS, Ping, Pong, answer
from libs.mq.worker import Worker
from tools.testing.waiting import time_limit
from tools.up.servers.rabbitmq import RabbitMQ


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    """Return a running broker."""
    broker = RabbitMQ(tmp_path_factory.mktemp("broker") / "rabbitmq")
    broker.start()
    yield broker
    broker.kill()


def _settle() -> None:
    """Wait until RabbitMQ has a new queue on disk: see libs/mq/queues.py."""
    time.sleep(3)


def _drain(url: str, queue: Queue, wanted: int) -> list[int]:
    """Return the numbers of so many Pongs."""
    stop = threading.Event()
    got: list[int] = []

    def collect(pong: Pong) -> None:
        got.append(pong.number)
        if len(got) >= wanted:
            stop.set()

    with time_limit(f"the reader of {wanted} messages of {queue.name}", stop.set, 60):
        Worker(url, Task(queue, Pong, each(collect))).run(stop)
    return got


def test_each_message_is_answered(broker: RabbitMQ) -> None:
    with closing(Publisher(broker.url, PINGS)) as publisher:
        publisher.publish([Outgoing.of(Ping(number=n)) for n in range(500)])

    run(broker.url, Task(PINGS, Ping, each(answer), PONGS))

    assert sorted(_drain(broker.url, PONGS, 500)) == list(range(500))


def test_full_queue_refuses_and_keeps_the_rest(broker: RabbitMQ) -> None:
    queue = Queue("small", capacity=10)
    taken: list[bool] = []
    with closing(Publisher(broker.url, queue)) as publisher:
        # A quorum queue counts a little late: it refuses soon after it is full.
        while all(taken) and len(taken) < 1000:
            taken += publisher.publish([Outgoing.of(Pong(number=len(taken)))])

    accepted = [n for n, ok in enumerate(taken) if ok]
    assert 10 <= len(accepted) < 1000
    assert sorted(_drain(broker.url, queue, len(accepted))) == accepted


def test_confirmed_messages_survive_the_brokers_death(broker: RabbitMQ) -> None:
    queue = Queue("survivors")
    with closing(Publisher(broker.url, queue)) as publisher:
        publisher.check()
        _settle()
        assert all(publisher.publish([Outgoing.of(Pong(number=n)) for n in range(200)]))

        broker.kill()
        with pytest.raises(BrokerError):
            publisher.publish([Outgoing.of(Pong(number=200))])
        broker.start()
        assert publisher.publish([Outgoing.of(Pong(number=201))]) == [True]

    assert set(_drain(broker.url, queue, 201)) >= {*range(200), 201}


def test_worker_outlives_the_broker(broker: RabbitMQ) -> None:
    queue = Queue("patient")
    stop = threading.Event()
    got: set[int] = set()

    def collect(pong: Pong) -> None:
        got.add(pong.number)
        if got >= {0, 1}:
            stop.set()

    worker: Worker[Pong, Pong] = Worker(broker.url, Task(queue, Pong, each(collect)))
    # A daemon: where the test fails, nothing tells it to stop.
    thread = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    thread.start()
    with closing(Publisher(broker.url, queue)) as publisher:
        publisher.publish([Outgoing.of(Pong(number=0))])
        _settle()
        broker.kill()
        broker.start()
        publisher.publish([Outgoing.of(Pong(number=1))])
    thread.join(timeout=60)

    assert got == {0, 1}
    assert not thread.is_alive(), "the worker runs on, and was told to stop"


def test_dead_letters_have_reasons_and_can_be_requeued_and_dropped(
    broker: RabbitMQ, capsys: pytest.CaptureFixture[str]
) -> None:
    queue, pongs = Queue("poisoned"), Queue("poisoned-pongs")
    with closing(Publisher(broker.url, queue)) as publisher:
        publisher.publish([Outgoing.of(Ping(number=n)) for n in (1, 2, 3)])

    run(broker.url, Task(queue, Pong, each(nothing)))

    def act(*action: str) -> list[str]:
        assert dead_letters.main([queue.name, "--url", broker.url, *action]) == 0
        return capsys.readouterr().out.splitlines()

    first = act()
    ids = [line.partition(":")[0] for line in first]
    shown = act("show", ids[1])
    requeued, dropped, left = act("requeue", ids[1]), act("drop", ids[0]), act()

    assert all("the message is of kind 'ping', wanted 'pong'" in line for line in first)
    assert '  "number": 2' in shown
    assert (requeued, dropped, left) == ([first[1]], [first[0]], [first[2]])
    run(broker.url, Task(queue, Ping, each(answer), pongs))
    assert _drain(broker.url, pongs, 1) == [2]


class _Long:
    """A handler that takes longer than a broker waits for a heartbeat."""

    def __init__(self, seconds: float = 7) -> None:
        self.seconds = seconds
        self.handled: list[int] = []
        self.begun = threading.Event()

    def __call__(self, ping: Ping) -> Pong:
        self.handled.append(ping.number)
        self.begun.set()
        time.sleep(self.seconds)
        return answer(ping)


def _start(
    worker: Worker[Ping, Pong], grace: float = 30
) -> tuple[threading.Thread, threading.Event]:
    stop = threading.Event()
    # A daemon: where the test fails, nothing waits for it.
    thread = threading.Thread(
        target=worker.run, args=(stop,), kwargs={"grace": grace}, daemon=True
    )
    thread.start()
    return thread, stop


def _long_task(name: str, long: _Long) -> Task[Ping, Pong]:
    source, results = Queue(f"{name}-pings"), Queue(f"{name}-pongs")
    return Task(source, Ping, each(long), results, batch=1)


def _send(broker: RabbitMQ, task: Task[Ping, Pong], count: int) -> None:
    with closing(Publisher(broker.url, task.source)) as publisher:
        pings = [Outgoing.of(Ping(number=number)) for number in range(count)]
        assert all(publisher.publish(pings))


def test_job_that_outlasts_heartbeats_is_handled_once_though_told_to_stop(
    broker: RabbitMQ,
) -> None:
    long = _Long()
    task = _long_task("long", long)
    _send(broker, task, 2)

    thread, stop = _start(Worker(f"{broker.url}?heartbeat=2", task))
    assert long.begun.wait(30)
    stop.set()
    thread.join(30)
    first = list(long.handled)
    long.seconds = 0
    run(broker.url, task)

    assert (first, long.handled) == ([0], [0, 1])
    assert task.results is not None
    assert _drain(broker.url, task.results, 2) == [0, 1]
    assert "missed heartbeats" not in broker.log


def test_job_that_outlasts_the_grace_goes_to_another_worker(broker: RabbitMQ) -> None:
    long = _Long(3)
    task = _long_task("abandoned", long)
    _send(broker, task, 1)

    thread, stop = _start(Worker(broker.url, task), grace=0.1)
    assert long.begun.wait(30)
    stop.set()
    thread.join(2.5)
    ended = not thread.is_alive()
    long.seconds = 0
    run(broker.url, task)

    assert (ended, long.handled) == (True, [0, 0])
    assert task.results is not None
    assert _drain(broker.url, task.results, 1) == [0]


def test_job_whose_broker_dies_meanwhile_is_handled_again_and_not_twice_at_once(
    broker: RabbitMQ,
) -> None:
    at_once: list[int] = []
    handling = threading.Semaphore(1)
    long = _Long(0)
    begun, go_on = threading.Event(), threading.Event()

    def slow(ping: Ping) -> Pong:
        if not handling.acquire(blocking=False):
            at_once.append(ping.number)
        begun.set()
        assert go_on.wait(60), "the handler was never let go on"
        handling.release()
        return long(ping)

    source, results = Queue("orphaned-pings"), Queue("orphaned-pongs")
    task = Task(source, Ping, each(slow), results, batch=1)
    _send(broker, task, 1)
    _settle()

    thread, stop = _start(Worker(broker.url, task))
    assert begun.wait(30)
    broker.kill()
    broker.start()
    go_on.set()
    got = _drain(broker.url, results, 1)
    stop.set()
    thread.join(30)

    assert (got, long.handled, at_once) == ([0], [0, 0], [])
    run(broker.url, task)
    assert long.handled == [0, 0]


def test_idle_publisher_keeps_its_connection(broker: RabbitMQ) -> None:
    queue = Queue("idle")
    with closing(Publisher(f"{broker.url}?heartbeat=2", queue)) as publisher:
        publisher.check()
        for _ in range(14):
            publisher.keep_alive()
            time.sleep(0.5)
        assert publisher.publish([Outgoing.of(Pong(number=1))]) == [True]

    assert "missed heartbeats" not in broker.log
