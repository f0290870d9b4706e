"""Takes jobs in: into the store, then to the broker.

This is a transactional outbox: a job's row holds its message as it is sent. What the broker hasn't taken by
the time that its result is due is sent again from there, by `JobStore.claim_overdue`.
https://microservices.io/patterns/data/transactional-outbox.html

One thread takes in what many requests hand it: requests that arrive together share one transaction and one
round trip to the broker. With one of each per request, a disk's latency would bound the service.
"""

import asyncio
import threading
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from opentelemetry import metrics

from libs.contracts.digits import JobMessage
from libs.mq import messages
from libs.mq.errors import BrokerError
from libs.mq.publisher import Outgoing, Publisher
from libs.telemetry import propagation
from services.fastapi_ml.databases import StoreError
from services.fastapi_ml.store import Job, JobStore, State

_posted = metrics.get_meter(__name__).create_counter(
    "jobs.posted", description="Jobs that were posted, by what became of them."
)

_BATCH = 256
_IDLE_SECONDS = 1.0


class RefusedError(Exception):
    """A job that wasn't taken in; the caller may try again."""


class QueueFullError(RefusedError):
    """There are as many jobs as may wait."""


class UnavailableError(RefusedError):
    """The store or the broker can't be reached."""


class BusyError(RefusedError):
    """Another request with the same idempotency key isn't answered yet."""


class KeyReusedError(Exception):
    """An idempotency key that came before, with other images."""


type Outcome = Job | Exception


@dataclass(frozen=True)
class _Submission:
    job: Job
    answer: asyncio.Future[Job]


def enqueue(
    jobs: Sequence[Job], store: JobStore, publisher: Publisher
) -> Sequence[Outcome]:
    """Return for each job what was taken in for it, or why nothing was."""
    try:
        known = store.add(jobs)
        new = [job for job in jobs if known.get(job.key or "", job).id == job.id]
        try:
            taken = publisher.publish([outgoing(job) for job in new])
        except BrokerError as error:
            store.remove([job.id for job in new])
            return [UnavailableError(str(error))] * len(jobs)
        sent = dict(zip([job.id for job in new], taken, strict=True))
        store.queued([job_id for job_id, ok in sent.items() if ok])
        if not all(taken):
            store.remove([job_id for job_id, ok in sent.items() if not ok])
    except StoreError as error:
        # What is in the store by now is sent when it is overdue.
        return [UnavailableError(str(error))] * len(jobs)
    return [_outcome(job, known.get(job.key or "", job), sent) for job in jobs]


def outgoing(job: Job) -> Outgoing:
    """Return a job's message, in the trace of the request that posted it."""
    return Outgoing(job.message, job.headers)


def _outcome(job: Job, original: Job, sent: dict[str, bool]) -> Outcome:
    # The same message but for the id means the same images.
    if original.message.replace(original.id, job.id) != job.message:
        return KeyReusedError("The Idempotency-Key came before, with other images.")
    if sent.get(original.id) is False:
        return QueueFullError("The queue is full.")
    if original.state is State.NEW and original.id not in sent:
        return BusyError("A request with this Idempotency-Key is under way.")
    return original


class Enqueuer:
    """One thread that takes in what requests hand it."""

    def __init__(self, store: JobStore, publisher: Publisher) -> None:
        """Use a store and a publisher, which no other thread uses."""
        self._store = store
        self._publisher = publisher
        self._waiting: SimpleQueue[_Submission | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="enqueue", daemon=True)

    def start(self) -> None:
        """Begin to take jobs in."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Finish what was handed in, and end; wait for that no longer than some seconds."""
        self._waiting.put(None)
        self._thread.join(seconds)

    async def submit(
        self, images: Sequence[Sequence[Sequence[float]]], key: str | None
    ) -> Job:
        """Take a job in; return it, or the one that came with the same key before.

        Raises:
            RefusedError: It wasn't taken; nothing of it remains.
            KeyReusedError: The key belongs to other images.
        """
        job_id = uuid.uuid7().hex
        # Whole numbers in whole, by the message's own validation.
        message = JobMessage.model_validate({"job_id": job_id, "images": images})
        text = messages.encode(message)
        job = Job(job_id, text, key=key, headers=propagation.inject())
        answer: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
        self._waiting.put(_Submission(job, answer))
        return await answer

    def _run(self) -> None:
        with closing(self._publisher):
            while batch := self._next_batch():
                jobs = [submission.job for submission in batch]
                self._answer(batch, enqueue(jobs, self._store, self._publisher))

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
