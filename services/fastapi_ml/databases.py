"""Opens databases so that SQLite and PostgreSQL behave alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)

_CONNECT_SECONDS = 5


class StoreError(Exception):
    """A database that can't be reached, or that refuses."""


class LostError(StoreError):
    """A database that can't be reached for now."""


class DatabaseUrlError(ValueError):
    """A URL of no database that this service speaks to; the text never repeats it: it may hold a password."""


def check_database_url(url: str) -> str:
    """Return a URL that `open_engine` takes, or raise DatabaseUrlError."""
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlError("the database's URL can't be read") from error
    match parsed.get_backend_name():
        case "sqlite" if not parsed.host and parsed.database and not parsed.query:
            return url
        case "sqlite":
            raise DatabaseUrlError("wanted sqlite:///PATH with three slashes or four")
        case "postgresql":
            if parsed.port is not None and not 0 < parsed.port <= 65535:
                raise DatabaseUrlError("the port is no number from 1 to 65535")
            try:
                plain = parsed.set(drivername="postgresql")
                make_conninfo(plain.render_as_string(hide_password=False))
            except ProgrammingError as error:
                raise DatabaseUrlError(str(error).strip()) from error
            return url
    raise DatabaseUrlError(
        f'the database is "{parsed.drivername}", wanted sqlite:///PATH or postgresql://…'
    )


def open_engine(url: str) -> sa.Engine:
    """Return an engine; it connects when it is first used."""
    parsed = sa.make_url(check_database_url(url))
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    return sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        # A connection that died with the database's restart is noticed and replaced.
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
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
def failing() -> Iterator[None]:
    """Turn the database's errors into StoreError."""
    try:
        yield
    except (SQLAlchemyError, OSError) as cause:
        is_lost = isinstance(cause, OperationalError | InterfaceError | OSError)
        # The full text repeats the statement and its values.
        reason = getattr(cause, "orig", None) or cause
        kind = LostError if is_lost else StoreError
        raise kind(f"{type(reason).__name__}: {reason}") from cause


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
