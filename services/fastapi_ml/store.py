"""Keeps jobs in a database: an SQLite file by default, PostgreSQL by URL.

A job is `new` until its message is with the broker, then `queued`, and at the end `done` or `failed`.
Several API processes share the database.
"""

import enum
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from services.fastapi_ml import databases, schema


class State(enum.StrEnum):
    """How far a job has come."""

    NEW = "new"
    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


OPEN = (State.NEW, State.QUEUED)


@dataclass(frozen=True)
class Job:
    """A job as it is kept."""

    id: str
    # What the worker is sent, in text.
    message: str
    state: State = State.NEW
    # What came of it, as JSON: the digits, or the reason of a failure.
    result: str | None = None
    key: str | None = None
    # The headers that continue the trace of the request that posted it.
    headers: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 1


metadata = sa.MetaData()
_jobs = sa.Table(
    schema.JOBS,
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("key", sa.String(255), unique=True),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    # When its result is overdue.
    sa.Column("due", sa.Double, nullable=False),
    sa.Index("digit_jobs_open", "state", "due"),
)


class JobStore:
    """The database; used by any number of threads."""

    def __init__(self, url: str, patience: float) -> None:
        """Name the database, and after how many seconds a result is overdue."""
        self._engine = databases.open_engine(url)
        self._preparing = threading.Lock()
        self._is_prepared = False
        self._patience = patience

    def check(self) -> None:
        """Raise StoreError unless jobs can be read."""
        with self._reading() as connection:
            connection.execute(sa.select(_jobs.c.id).limit(1))

    def migrate(self) -> None:
        """Give the store the newest schema, whichever it has."""
        with databases.failing():
            schema.migrate(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def add(self, jobs: Sequence[Job]) -> dict[str, Job]:
        """Keep new jobs; return those that were there before, by idempotency key."""
        now = time.time()
        rows = [
            _row(job) | {"created": now, "due": now + self._patience} for job in jobs
        ]
        new = databases.insert(self._engine, _jobs)
        new = new.on_conflict_do_nothing(index_elements=[_jobs.c.key])
        with self._writing() as writing:
            added = set(writing.execute(new.returning(_jobs.c.id), rows).scalars())
            keys = [job.key for job in jobs if job.id not in added]
            if not keys:
                return {}
            found = writing.execute(sa.select(_jobs).where(_jobs.c.key.in_(keys)))
            return {str(row.key): _job(row) for row in found}

    def get(self, job_id: str) -> Job | None:
        """Return a job, if there is one."""
        with self._reading() as connection:
            row = connection.execute(
                sa.select(_jobs).where(_jobs.c.id == job_id)
            ).first()
            return _job(row) if row else None

    def queued(self, ids: Sequence[str]) -> None:
        """Note that the messages of jobs are with the broker."""
        self._write(
            sa.update(_jobs)
            .where(_jobs.c.id.in_(ids), _jobs.c.state == State.NEW)
            .values(state=State.QUEUED)
        )

    def remove(self, ids: Sequence[str]) -> None:
        """Forget jobs that the broker didn't take."""
        self._write(
            sa.delete(_jobs).where(_jobs.c.id.in_(ids), _jobs.c.state == State.NEW)
        )

    def finish(self, results: Mapping[str, tuple[State, str]]) -> None:
        """Keep the first result of each job; one that is unknown or done is left alone."""
        if not results:
            return
        # Not `in_`, which SQLAlchemy has for one row of values only.
        is_open = sa.or_(*(_jobs.c.state == state for state in OPEN))
        update = (
            sa.update(_jobs)
            .where(_jobs.c.id == sa.bindparam("job"), is_open)
            .values(state=sa.bindparam("end"), result=sa.bindparam("text"))
        )
        rows = [
            {"job": job, "end": end, "text": t} for job, (end, t) in results.items()
        ]
        with self._writing() as writing:
            writing.execute(update, rows)

    def claim_overdue(self, limit: int, attempts: int) -> list[Job]:
        """Return jobs whose result is overdue; nobody else is given them for a while.

        A job that was tried so often fails instead.
        """
        now = time.time()
        late = sa.select(_jobs).where(_jobs.c.state.in_(OPEN), _jobs.c.due < now)
        late = late.order_by(_jobs.c.due).limit(limit).with_for_update(skip_locked=True)
        with self._writing() as writing:
            jobs = [_job(row) for row in writing.execute(late)]
            again = [job for job in jobs if job.attempts < attempts]
            lost = [job.id for job in jobs if job.attempts >= attempts]
            for job in again:
                pause = self._patience * 2**job.attempts
                writing.execute(
                    sa.update(_jobs)
                    .where(_jobs.c.id == job.id)
                    .values(attempts=job.attempts + 1, due=now + pause)
                )
            reason = json.dumps(f"No result came, though it was sent {attempts} times.")
            writing.execute(
                sa.update(_jobs)
                .where(_jobs.c.id.in_(lost))
                .values(state=State.FAILED, result=reason)
            )
            return again

    def forget(self, older_than: float) -> None:
        """Remove finished jobs that were posted before a time."""
        self._write(
            sa.delete(_jobs).where(
                _jobs.c.created < older_than, _jobs.c.state.not_in(OPEN)
            )
        )

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with databases.failing():
            self._prepare()
            with self._engine.connect() as connection:
                yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with databases.failing():
            self._prepare()
            with databases.writing(self._engine) as connection:
                yield connection

    def _prepare(self) -> None:
        """See to the schema, once the database can be reached."""
        with self._preparing:
            if self._is_prepared:
                return
            schema.prepare(self._engine)
            self._is_prepared = True

    def _write(self, statement: sa.Executable) -> None:
        with self._writing() as writing:
            writing.execute(statement)


def _row(job: Job) -> dict[str, object]:
    return {
        "id": job.id,
        "state": job.state,
        "message": job.message,
        "key": job.key,
        "headers": json.dumps(dict(job.headers)),
        "attempts": job.attempts,
    }


def _job(row: sa.Row[tuple[object, ...]]) -> Job:
    return Job(
        id=row.id,
        message=row.message,
        state=State(row.state),
        result=row.result,
        key=row.key,
        headers=json.loads(row.headers),
        attempts=row.attempts,
    )
