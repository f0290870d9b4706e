"""Measures whether the worker's memory grows over 100,000 jobs."""

import threading
import uuid
from contextlib import closing
from pathlib import Path

from libs.contracts.digits import JOBS, RESULTS, JobMessage, JobResult
from libs.ml.example import EXAMPLE_IMAGE
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.task import Task, each
from libs.mq.worker import Worker
from services.tests.programs import start_worker

_WARM = 20_000
_JOBS = 100_000
_BATCH = 100


def measure(folder: Path) -> list[str]:
    """Return the figures, one a line."""
    url = f"disk://{folder}/queue"
    with start_worker(folder, {"COMMON_ML_QUEUE_URL": url}) as worker:
        _answer(url, _WARM)
        before = _megabytes(worker.process.pid)
        _answer(url, _JOBS)
        after = _megabytes(worker.process.pid)
    return [
        f"worker's memory: {before:.1f} MB after {_WARM} jobs, {after:.1f} MB after "
        f"{_JOBS} more: {after - before:+.1f} MB"
    ]


def _answer(url: str, count: int) -> None:
    """Have so many jobs answered, never letting the queue fill up."""
    stop = threading.Event()
    answered = 0
    room = threading.Semaphore(50)

    def note(_: JobResult) -> None:
        nonlocal answered
        answered += 1
        if answered % _BATCH == 0:
            room.release()
        if answered >= count:
            stop.set()

    task: Task[JobResult, JobResult] = Task(RESULTS, JobResult, each(note), batch=256)
    thread = threading.Thread(target=Worker(url, task).run, args=(stop,))
    thread.start()
    with closing(Publisher(url, JOBS)) as publisher:
        for _ in range(0, count, _BATCH):
            room.acquire()
            jobs = [
                Outgoing.of(JobMessage(job_id=uuid.uuid7().hex, images=[EXAMPLE_IMAGE]))
                for _ in range(_BATCH)
            ]
            if not all(publisher.publish(jobs)):
                raise RuntimeError("the queue is full")
    thread.join()


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    [kilobytes] = [line.split()[1] for line in status.splitlines() if "VmRSS" in line]
    return int(kilobytes) / 1024
