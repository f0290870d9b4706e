"""Tests that jobs survive what happens to a real RabbitMQ, a worker and the API."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest
import sqlalchemy as sa

from services.fastapi_ml.databases import open_engine
from services.tests.programs import Program, is_ready, start_api, start_worker
from tools.testing.ports import free_port
from tools.testing.waiting import wait_until
from tools.up.servers.postgresql import PostgreSQL
from tools.up.servers.rabbitmq import RabbitMQ

JOBS = 1000
IMAGE = [[0, 0, 5, 13, 9, 1, 0, 0]] * 8

# RabbitMQ writes a new queue's name by a timer: see libs/mq/queues.py.
_SETTLE_SECONDS = 3
# With the time that a broker and the API take to start again.
_TAKEN_SECONDS = 240


class Machinery:
    """All that runs, each part of which can be killed and started again."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Start everything, which the stack ends."""
        self._folder = folder
        self._port = free_port()
        self._stack = stack
        self.address = f"http://127.0.0.1:{self._port}"
        self.postgresql = PostgreSQL(folder / "postgresql")
        self._stack.callback(self.postgresql.kill)
        self.postgresql.start()
        self.rabbitmq = RabbitMQ(folder / "rabbitmq")
        self._stack.callback(self.rabbitmq.kill)
        self.rabbitmq.start()
        self._environment = {
            "FASTAPI_ML_DATABASE_URL": self.postgresql.url,
            "FASTAPI_ML_QUEUE_URL": self.rabbitmq.url,
            "FASTAPI_ML_JOB_SECONDS": "15",
            "COMMON_ML_QUEUE_URL": self.rabbitmq.url,
        }
        self.api = self.start_api()
        self.worker = self.start_worker()
        with httpx.Client(base_url=self.address) as client:
            wait_until(lambda: is_ready(client))
        time.sleep(_SETTLE_SECONDS)

    def start_api(self) -> Program:
        """Start the API, on the same port as before."""
        program = start_api(self._folder, self._environment, self._port)
        self._stack.callback(program.kill)
        return program

    def start_worker(self) -> Program:
        """Start a worker."""
        program = start_worker(self._folder, self._environment)
        self._stack.callback(program.kill)
        return program


@pytest.fixture
def machinery(tmp_path: Path) -> Iterator[Machinery]:
    """Return everything, running."""
    with ExitStack() as stack:
        yield Machinery(tmp_path, stack)


def _post(address: str, number: int) -> str:
    """Post a job until it is taken, as a careful client does; return where it is."""
    end = time.monotonic() + _TAKEN_SECONDS
    while time.monotonic() < end:
        try:
            response = httpx.post(
                f"{address}/v1/jobs",
                json={"images": [IMAGE]},
                headers={"Idempotency-Key": f"job-{number}"},
                timeout=30,
            )
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if response.status_code == 202:
            return response.headers["Location"]
        assert response.status_code == 503, response.text
        assert response.headers["Retry-After"]
        time.sleep(0.1)
    raise AssertionError(f"job {number} wasn't taken within {_TAKEN_SECONDS} s")


def _states(url: str) -> dict[str, int]:
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT state, count(*) FROM digit_jobs GROUP BY state")
        )
        states = {str(state): int(count) for state, count in rows}
    engine.dispose()
    return states


def test_a_thousand_jobs_survive_kills_of_everything(machinery: Machinery) -> None:
    posted = 0
    counting = threading.Lock()

    def post(number: int) -> str:
        nonlocal posted
        location = _post(machinery.address, number)
        with counting:
            posted += 1
        return location

    def have_been_posted(count: int) -> None:
        wait_until(lambda: posted >= count, 240)

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(post, number) for number in range(JOBS)]
        have_been_posted(150)
        machinery.rabbitmq.kill()
        machinery.rabbitmq.start()
        have_been_posted(400)
        machinery.worker.kill()
        machinery.worker = machinery.start_worker()
        have_been_posted(550)
        assert machinery.api.terminate() == 0
        machinery.api = machinery.start_api()
        have_been_posted(700)
        machinery.rabbitmq.kill()
        machinery.rabbitmq.start()
        locations = {future.result() for future in futures}

    wait_until(lambda: _states(machinery.postgresql.url) == {"done": JOBS}, 240)
    assert len(locations) == JOBS
    for log in (machinery.api.log, machinery.worker.log):
        assert "request failed" not in log
        # Many at once are kept at once.
        assert "each is handled alone" not in log
