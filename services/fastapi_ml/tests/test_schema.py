"""Tests of the job store's schema: who makes it, who is refused, and what a migration does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from services.fastapi_ml import schema, server
from services.fastapi_ml.databases import open_engine
from services.fastapi_ml.migrations.upgrade import revisions
from services.fastapi_ml.schema import REVISIONS, SchemaError
from services.fastapi_ml.store import Job, JobStore, metadata
from services.fastapi_ml.tests.serving import serving

FIX = "Fix: bazel run //services/fastapi_ml -- --migrate"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of a store that isn't there yet."""
    return f"sqlite:///{tmp_path}/jobs.sqlite3"


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """Return an engine over the same store."""
    engine = open_engine(url)
    yield engine
    engine.dispose()


def execute(engine: sa.Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def make_old(url: str, engine: sa.Engine) -> None:
    """Make a store with a job as it was before there were migrations."""
    store = JobStore(url, 60)
    store.add([Job("a", "[1]")])
    store.close()
    execute(engine, "DROP TABLE alembic_version")


def test_new_store_gets_the_tables_that_queries_expect(engine: sa.Engine) -> None:
    schema.prepare(engine)
    schema.prepare(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == REVISIONS[-1]
        assert compare_metadata(context, metadata) == []


def test_revisions_are_those_of_the_migrations() -> None:
    newest_first = [script.revision for script in revisions().walk_revisions()]

    assert newest_first == list(reversed(REVISIONS))


def test_store_of_before_migrations_is_refused_and_keeps_its_jobs(
    url: str, engine: sa.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    make_old(url, engine)

    refused = server.main(["--port", "0", "--database-url", url])
    told = capsys.readouterr().err
    migrated = server.main(["--migrate", "--database-url", url])

    assert (refused, migrated) == (1, 0)
    assert told.startswith("fastapi_ml can't start: the job store has schema ")
    assert FIX in told
    store = JobStore(url, 60)
    assert store.get("a") == Job("a", "[1]")
    store.close()


def test_store_of_a_newer_version_is_refused(engine: sa.Engine) -> None:
    schema.prepare(engine)
    execute(engine, "UPDATE alembic_version SET version_num = 'f00d'")

    for call in (schema.prepare, schema.migrate):
        with pytest.raises(SchemaError, match=r"f00d, wanted .* Fix: run the newer"):
            call(engine)


def test_store_whose_schema_changes_meanwhile_is_told_by_readyz(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jobs.sqlite3"
    engine = open_engine(url)
    make_old(url, engine)
    engine.dispose()

    with serving(tmp_path) as client:
        ready = client.get("/readyz")
        predicted = client.get("/openapi.json")
        assert server.main(["--migrate", "--database-url", url]) == 0
        again = client.get("/readyz")

    assert ready.status_code == 503
    assert FIX in ready.json()["checks"]["store"]
    assert predicted.status_code == 200
    assert again.json()["checks"]["store"] == "ok"


def test_migration_of_what_can_not_be_reached_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "jobs.sqlite3").mkdir()

    url = f"sqlite:///{tmp_path}/jobs.sqlite3"

    assert server.main(["--migrate", "--database-url", url]) == 1
    assert "unable to open database file" in capsys.readouterr().err
