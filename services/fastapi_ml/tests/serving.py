"""An app for tests, with its queue and its store in a folder of the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from services.fastapi_ml.app import create_app
from services.fastapi_ml.settings import Settings

# A thread of the app imports Alembic for an empty store. pytest goes through all loggers when a test begins and ends:
# one that a thread makes meanwhile fails it.
import_module("services.fastapi_ml.migrations.upgrade")


def settings(folder: Path, **changes: Any) -> Settings:
    """Return settings that keep everything in a folder."""
    database, queue = f"sqlite:///{folder}/jobs.sqlite3", f"disk://{folder}/queue"
    return Settings(database_url=database, queue_url=queue, **changes)


@contextmanager
def serving(folder: Path, **changes: Any) -> Iterator[TestClient]:
    """Return a client of a running app."""
    with TestClient(
        create_app(settings(folder, **changes)), raise_server_exceptions=False
    ) as client:
        yield client
