"""Tests of queues over a real RabbitMQ that is killed and started again."""

import threading
import time
from collections.abc import Iterator

import pytest

from libs.mq import dead_letters
from libs.mq.errors import BrokerError
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.queues import Queue
from libs.mq.tests.ping import PINGS, PONGS, Ping, Pong, answer
from libs.mq.tests.rabbitmq import RabbitMQ
from libs.mq.worker import Task, Worker, each


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

    Worker(url, Task(queue, Pong, each(collect))).run(stop)
    return got


def test_each_message_is_answered(broker: RabbitMQ) -> None:
    with Publisher(broker.url, PINGS) as publisher:
        publisher.publish([Outgoing(Ping(number=n)) for n in range(500)])

    worker = Worker(broker.url, Task(PINGS, Ping, each(answer), PONGS))
    worker.run(threading.Event(), until_empty=True)

    assert sorted(_drain(broker.url, PONGS, 500)) == list(range(500))


def test_full_queue_refuses_and_keeps_the_rest(broker: RabbitMQ) -> None:
    queue = Queue("small", capacity=10)
    taken: list[bool] = []
    with Publisher(broker.url, queue) as publisher:
        # A quorum queue counts a little late: it refuses soon after it is full.
        while all(taken) and len(taken) < 1000:
            taken += publisher.publish([Outgoing(Pong(number=len(taken)))])

    accepted = [n for n, ok in enumerate(taken) if ok]
    assert 10 <= len(accepted) < 1000
    assert sorted(_drain(broker.url, queue, len(accepted))) == accepted


def test_confirmed_messages_survive_the_brokers_death(broker: RabbitMQ) -> None:
    queue = Queue("survivors")
    with Publisher(broker.url, queue) as publisher:
        publisher.check()
        _settle()
        assert all(publisher.publish([Outgoing(Pong(number=n)) for n in range(200)]))

        broker.kill()
        with pytest.raises(BrokerError):
            publisher.publish([Outgoing(Pong(number=200))])
        broker.start()
        assert publisher.publish([Outgoing(Pong(number=201))]) == [True]

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
    with Publisher(broker.url, queue) as publisher:
        publisher.publish([Outgoing(Pong(number=0))])
        _settle()
        broker.kill()
        broker.start()
        publisher.publish([Outgoing(Pong(number=1))])
    thread.join(timeout=60)

    assert got == {0, 1}
    assert not thread.is_alive()


def test_poison_is_parked_with_its_reason(broker: RabbitMQ) -> None:
    queue = Queue("poisoned")
    with Publisher(broker.url, queue) as publisher:
        publisher.publish([Outgoing(Ping(number=1))])

    Worker(broker.url, Task(queue, Pong, each(print))).run(
        threading.Event(), until_empty=True
    )

    [letter] = dead_letters.look(broker.url, queue)
    assert letter.reason == "the message is of kind 'ping', wanted 'pong'"
    assert dead_letters.revive(broker.url, queue) == 1
    assert dead_letters.look(broker.url, queue) == []
