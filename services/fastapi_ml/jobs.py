"""Everything behind the job endpoints: the store, and the threads that serve it."""

import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

from opentelemetry import metrics

from libs.contracts.digits import JOBS, RESULTS, JobResult
from libs.mq.errors import BrokerError
from libs.mq.messages import Message
from libs.mq.publisher import Publisher
from libs.mq.task import Task
from libs.mq.worker import Worker
from services.fastapi_ml.databases import LostError, StoreError
from services.fastapi_ml.enqueue import Enqueuer, outgoing
from services.fastapi_ml.schema import SchemaError
from services.fastapi_ml.settings import Settings
from services.fastapi_ml.store import JobStore, State

_log = logging.getLogger(__name__)
_meter = metrics.get_meter(__name__)
_finished = _meter.create_counter("jobs.finished", description="Jobs with a result.")
_requeued = _meter.create_counter(
    "jobs.requeued", description="Jobs that were sent again since no result came."
)

_OVERDUE_BATCH = 100
_HOUR = 3_600.0
_DAY = 24 * _HOUR
_STOP_SECONDS = 2.0
_FIRST_PAUSE = 0.2
# Shorter than a broker bears to hear nothing.
_LONGEST_PAUSE = 5.0


class Jobs:
    """Jobs from the request that posts one to the result that ends it."""

    def __init__(self, settings: Settings) -> None:
        """Name the store and the broker; nothing is connected yet."""
        self._settings = settings
        self.store = JobStore(settings.database_url, settings.job_seconds)
        url = settings.queue_url
        self.enqueuer = Enqueuer(self.store, Publisher(url, JOBS))
        self._results = Worker(url, Task(RESULTS, JobResult, self._keep, batch=256))
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._take_results, name="results", daemon=True),
            threading.Thread(target=self._look_after, name="overdue", daemon=True),
        ]

    def start(self) -> None:
        """Start the threads; they connect, and go on trying where they can't."""
        self.enqueuer.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand, and end the threads; one that waits for a broker is left behind."""
        end = time.monotonic() + _STOP_SECONDS
        self._stop.set()
        self.enqueuer.stop(_STOP_SECONDS)
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self.store.close()

    def checks(self) -> dict[str, str]:
        """Return what works and what doesn't: "ok", or why not."""
        checks = {
            "queue": "ok" if self._results.is_connected() else "no connection",
            "store": "ok",
        }
        try:
            self.store.check()
        except StoreError as error:
            checks["store"] = str(error)
        return checks

    def _take_results(self) -> None:
        self._results.run(self._stop, grace=_STOP_SECONDS)

    def _keep(self, results: Sequence[JobResult]) -> Sequence[Message | None]:
        """Keep results, once there is a store; one that comes twice changes nothing."""
        endings = {result.job_id: _ending(result) for result in results}
        for pause in _pauses():
            try:
                self.store.finish(endings)
                break
            except (LostError, SchemaError) as error:
                if self._stop.is_set():
                    raise
                _log.warning("results wait: %s; next try in %.1f s", error, pause)
                self._stop.wait(pause)
        _finished.add(len(results))
        return [None] * len(results)

    def _look_after(self) -> None:
        """Send jobs again whose result is overdue, and forget old ones."""
        cleaned, pauses = -_HOUR, _pauses()
        with closing(Publisher(self._settings.queue_url, JOBS)) as publisher:
            while not self._stop.is_set():
                pause = min(1.0, self._settings.job_seconds / 4)
                try:
                    self._send_overdue(publisher)
                    if time.monotonic() - cleaned > _HOUR:
                        self.store.forget(time.time() - _DAY * self._settings.job_days)
                        cleaned = time.monotonic()
                    pauses = _pauses()
                except (StoreError, BrokerError) as error:
                    pause = next(pauses)
                    _log.warning(
                        "overdue jobs wait: %s; next try in %.1f s", error, pause
                    )
                publisher.keep_alive()
                self._stop.wait(pause)

    def _send_overdue(self, publisher: Publisher) -> None:
        attempts = self._settings.job_attempts
        overdue = self.store.claim_overdue(_OVERDUE_BATCH, attempts)
        if overdue:
            taken = publisher.publish([outgoing(job) for job in overdue])
            sent = zip(overdue, taken, strict=True)
            self.store.queued([job.id for job, ok in sent if ok])
            _log.warning("%d jobs sent again: no result came", len(overdue))
            _requeued.add(len(overdue))


def _pauses() -> Iterator[float]:
    """Yield how long to wait after each failure in a row."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, _LONGEST_PAUSE)


def _ending(result: JobResult) -> tuple[State, str]:
    if result.error is not None:
        return State.FAILED, json.dumps(result.error)
    return State.DONE, json.dumps([digit.model_dump() for digit in result.digits])
