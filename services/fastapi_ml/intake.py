"""Takes jobs in: into the store, then to the broker."""

import json
from collections.abc import Collection, Sequence

from libs.ml.jobs import PredictJob
from libs.mq.errors import BrokerError
from libs.mq.publisher import Outgoing, Publisher
from services.fastapi_ml.store import Job, JobStore, State, StoreError


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


def take_in(
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
        queued = [job.id for job, ok in zip(new, taken, strict=True) if ok]
        refused = [job.id for job, ok in zip(new, taken, strict=True) if not ok]
        store.queued(queued)
        if refused:
            store.remove(refused)
    except StoreError as error:
        # What is in the store by now is sent when it is overdue.
        return [UnavailableError(str(error))] * len(jobs)
    return [
        _outcome(job, known.get(job.key or "", job), queued, refused) for job in jobs
    ]


def outgoing(job: Job) -> Outgoing:
    """Return a job's message, in the trace of the request that posted it."""
    message = PredictJob(job_id=job.id, images=json.loads(job.images))
    return Outgoing(message, dict(job.headers))


def _outcome(
    job: Job, original: Job, queued: Collection[str], refused: Collection[str]
) -> Outcome:
    if original.images != job.images:
        return KeyReusedError("The Idempotency-Key came before, with other images.")
    if original.id in refused:
        return QueueFullError("The queue is full.")
    if original.state is State.NEW and original.id not in queued:
        return BusyError("A request with this Idempotency-Key is under way.")
    return original
