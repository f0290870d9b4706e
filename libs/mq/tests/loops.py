"""Workers that tests run: until their queue is empty, or while something else goes on."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event

from libs.mq.messages import Message
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.queues import Queue
from libs.mq.task import Retry, Task, each
from libs.mq.tests.ping import PONGS, Ping, Pong
from libs.mq.worker import Worker
from tools.testing.waiting import time_limit

FAST = Retry(attempts=3, pause=0.01, growth=1)

# A worker that is killed while its handler works, on the queue "pings" of a URL.
DIE = (
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


def send(url: str, queue: Queue, *numbers: int) -> None:
    with closing(Publisher(url, queue)) as publisher:
        taken = publisher.publish([Outgoing.of(Ping(number=n)) for n in numbers])
    assert all(taken)


def nothing(_: Pong) -> Pong | None:
    return None


def run[M: Message](url: str, task: Task[M, Pong]) -> None:
    stop = Event()
    with time_limit(f"the worker of {task.source.name}", stop.set):
        Worker(url, task).run(stop, until_empty=True)


def collect(url: str, queue: Queue = PONGS) -> list[int]:
    got: list[int] = []
    handle: Callable[[Pong], None] = lambda pong: got.append(pong.number)  # noqa: E731
    run(url, Task(queue, Pong, each(handle)))
    return got


@contextmanager
def working(worker: Worker[Ping, Pong], grace: float = 10.0) -> Iterator[Event]:
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
    assert not thread.is_alive(), "the worker runs on 20 s after its stop"
