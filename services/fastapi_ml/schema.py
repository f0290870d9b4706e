"""The schema of the job store, which Alembic's migrations make.

A new schema is a module in `migrations`, named in its `upgrade.py` and here, and the columns of `store`. A new store
gets the newest at its first use. One of another schema is refused until somebody asks for the migration: other
processes may still work with the schema before.
"""

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from services.fastapi_ml import databases
from services.fastapi_ml.databases import StoreError

# The oldest first. Named here too, since Alembic takes 0.2 s to import, which no start needs.
REVISIONS = ("0001",)
JOBS = "digit_jobs"
_VERSIONS = sa.table("alembic_version", sa.column("version_num"))
_FIX = (
    "Fix: bazel run //services/fastapi_ml -- --migrate, or the same flag of its image"
)


class SchemaError(StoreError):
    """A store of a schema that this version doesn't work with."""


def prepare(engine: sa.Engine) -> None:
    """Give a new store its schema; leave one that has the newest alone.

    Raises:
        SchemaError: It has another.
    """
    found = _revision(engine)
    if found == REVISIONS[-1]:
        return
    if found is not None:
        raise SchemaError(_sentence(found))
    try:
        migrate(engine)
    except SQLAlchemyError:
        # Another process may have made it between our look and our attempt.
        if _revision(engine) != REVISIONS[-1]:
            raise


def migrate(engine: sa.Engine) -> None:
    """Give a store the newest schema, in one transaction.

    Raises:
        SchemaError: It has one that only a newer version knows.
    """
    found = _revision(engine)
    if found and found not in REVISIONS:
        raise SchemaError(_sentence(found))
    # Not before: see REVISIONS.
    from services.fastapi_ml.migrations import upgrade  # noqa: PLC0415

    with databases.writing(engine) as connection:
        upgrade.run(connection)


def _revision(engine: sa.Engine) -> str | None:
    """Return a store's revision: nothing where it is new, an empty one where its jobs are older than migrations."""
    with engine.connect() as connection:
        tables = sa.inspect(connection)
        if tables.has_table(_VERSIONS.name):
            return str(connection.scalar(sa.select(_VERSIONS.c.version_num)))
        return "" if tables.has_table(JOBS) else None


def _sentence(found: str) -> str:
    is_newer = found and found not in REVISIONS
    fix = "Fix: run the newer fastapi_ml that made it" if is_newer else _FIX
    return f"the job store has schema {found or 'without number'}, wanted {REVISIONS[-1]}. {fix}"
