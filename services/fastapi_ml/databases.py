"""Opens databases so that SQLite and PostgreSQL behave alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

_CONNECT_SECONDS = 5


class DatabaseUrlError(ValueError):
    """A URL that names no database that this service speaks to."""


def open_engine(url: str) -> sa.Engine:
    """Return an engine; it connects when it is first used."""
    try:
        parsed = sa.make_url(url)
    except ArgumentError as error:
        raise DatabaseUrlError("the database's URL can't be read") from error
    match parsed.get_backend_name():
        case "sqlite":
            return _open_sqlite(parsed)
        case "postgresql":
            return sa.create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                # A connection that died with the database's restart is noticed and replaced.
                pool_pre_ping=True,
                connect_args={"connect_timeout": _CONNECT_SECONDS},
            )
    raise DatabaseUrlError(
        f'the database is "{parsed.drivername}", wanted sqlite:///PATH or postgresql://…'
    )


def sqlite_folder(url: str) -> Path | None:
    """Return the folder of an SQLite file that a URL names."""
    parsed = sa.make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(parsed.database or "").parent if is_file else None


def insert(engine: sa.Engine, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insertion that may say what to do about rows that are there already."""
    # SQLAlchemy has this for each database apart.
    if engine.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a transaction that writes; what is done inside happens at once or not at all."""
    with (
        engine.connect() as connection,
        connection.execution_options(writes=True).begin(),
    ):
        yield connection


@contextmanager
def failing_as(error: type[Exception]) -> Iterator[None]:
    """Turn the database's errors into one."""
    try:
        yield
    except (SQLAlchemyError, OSError) as cause:
        # The full text repeats the statement and its values.
        reason = getattr(cause, "orig", None) or cause
        raise error(f"{type(reason).__name__}: {reason}") from cause


def _open_sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "do_connect")
    def make_folder(*_: object) -> None:
        # Not before: a service whose database can't be reached starts and says so.
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # Any: DB-API's connection
        # No transactions of the driver's own; NORMAL outlives any process, not a power cut.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later fails where another one wrote in
        # between; IMMEDIATE waits instead. Readers wait for nobody.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
