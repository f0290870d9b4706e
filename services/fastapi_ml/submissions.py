"""Hands jobs from requests to one thread that takes them in, many at once.

Requests that arrive together share one transaction and one round trip to the broker: with
one of each per request, a disk's latency would bound the service.
"""

import asyncio
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from opentelemetry import metrics

from libs.mq.publisher import Publisher
from libs.telemetry import propagation
from services.fastapi_ml.intake import Outcome, take_in
from services.fastapi_ml.store import Job, JobStore

_posted = metrics.get_meter(__name__).create_counter(
    "jobs.posted", description="Jobs that were posted, by what became of them."
)

_BATCH = 256
_IDLE_SECONDS = 1.0


@dataclass(frozen=True)
class _Submission:
    job: Job
    answer: asyncio.Future[Job]


class Submissions:
    """One thread that takes in what requests hand it."""

    def __init__(self, store: JobStore, publisher: Publisher) -> None:
        """Use a store and a publisher, which no other thread uses."""
        self._store = store
        self._publisher = publisher
        self._waiting: SimpleQueue[_Submission | None] = SimpleQueue()
        self._thread = threading.Thread(
            target=self._run, name="submissions", daemon=True
        )

    def start(self) -> None:
        """Begin to take jobs in."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Finish what was handed in, and end; wait for that no longer than some seconds."""
        self._waiting.put(None)
        self._thread.join(seconds)

    async def submit(self, images: str, key: str | None) -> Job:
        """Take a job in; return it, or the one that came with the same key before.

        Raises:
            RefusedError: It wasn't taken; nothing of it remains.
            KeyReusedError: The key belongs to other images.
        """
        job = Job(uuid.uuid7().hex, images, key=key, headers=propagation.inject())
        answer: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
        self._waiting.put(_Submission(job, answer))
        return await answer

    def _run(self) -> None:
        with self._publisher:
            while batch := self._next_batch():
                jobs = [each.job for each in batch]
                self._answer(batch, take_in(jobs, self._store, self._publisher))

    def _next_batch(self) -> list[_Submission]:
        """Return what waits, once anything does; nothing at the end."""
        batch: list[_Submission] = []
        while not batch or (len(batch) < _BATCH and not self._waiting.empty()):
            try:
                submission = self._waiting.get(timeout=_IDLE_SECONDS)
            except Empty:
                self._publisher.keep_alive()
                continue
            if submission is None:
                # Seen again when this batch is done.
                self._waiting.put(None)
                break
            batch.append(submission)
        return batch

    def _answer(
        self, batch: Sequence[_Submission], outcomes: Sequence[Outcome]
    ) -> None:
        def deliver() -> None:
            for submission, outcome in zip(batch, outcomes, strict=True):
                # A caller that is gone has cancelled its future.
                if submission.answer.done():
                    continue
                if isinstance(outcome, Exception):
                    submission.answer.set_exception(outcome)
                else:
                    submission.answer.set_result(outcome)

        for outcome in outcomes:
            kind = type(outcome).__name__ if isinstance(outcome, Exception) else "taken"
            _posted.add(1, {"outcome": kind})
        batch[0].answer.get_loop().call_soon_threadsafe(deliver)
