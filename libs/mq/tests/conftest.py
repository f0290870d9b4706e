"""The queues that tests of workers take."""

import uuid
from pathlib import Path

import pytest

from libs.mq.queues import Queue


@pytest.fixture(params=["disk", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where the queues are."""
    return f"disk://{tmp_path}" if request.param == "disk" else "memory://"


@pytest.fixture
def pings() -> Queue:
    """Return a queue of a name of its own: the memory transport keeps them all."""
    return Queue(f"pings-{uuid.uuid4().hex}", capacity=1000)
