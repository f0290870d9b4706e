"""Measures jobs per second, from the request that posts one to the result in the store."""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa

from libs.ml.example import EXAMPLE_IMAGE
from services.fastapi_ml.databases import open_engine
from services.tests.bench.load import Load, Request, run
from services.tests.programs import start_api, start_worker
from tools.testing.waiting import wait_until
from tools.up.servers.postgresql import PostgreSQL
from tools.up.servers.rabbitmq import RabbitMQ

_SECONDS = 15


def measure_embedded(folder: Path) -> list[str]:
    """Return the figures of SQLite and the embedded transport."""
    state = {"XDG_STATE_HOME": str(folder)}
    database = folder / "monorepo" / "jobs.sqlite3"

    def done() -> int:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            [[count]] = connection.execute(
                "SELECT count(*) FROM digit_jobs WHERE state = 'done'"
            ).fetchall()
        connection.close()
        return int(count)

    rate, backlog = _measure(folder, state, done)
    return [
        f"jobs, embedded: {rate:.0f} per second (wanted: at least 300); {backlog}",
    ]


def measure_brokers(folder: Path) -> list[str]:
    """Return the figures of PostgreSQL and RabbitMQ."""
    with ExitStack() as stack:
        postgresql = PostgreSQL(folder / "postgresql")
        stack.callback(postgresql.kill)
        postgresql.start()
        rabbitmq = RabbitMQ(folder / "rabbitmq")
        stack.callback(rabbitmq.kill)
        rabbitmq.start()
        engine = open_engine(postgresql.url)
        stack.callback(engine.dispose)
        count = sa.text("SELECT count(*) FROM digit_jobs WHERE state = 'done'")

        def done() -> int:
            with engine.connect() as connection:
                return int(connection.execute(count).scalar_one())

        environment = {
            "FASTAPI_ML_DATABASE_URL": postgresql.url,
            "FASTAPI_ML_QUEUE_URL": rabbitmq.url,
            "COMMON_ML_QUEUE_URL": rabbitmq.url,
        }
        rate, backlog = _measure(folder, environment, done)
    return [
        f"jobs, RabbitMQ and PostgreSQL: {rate:.0f} per second (wanted: 1000); {backlog}"
    ]


def _measure(
    folder: Path, environment: Mapping[str, str], done: Callable[[], int]
) -> tuple[float, str]:
    body = json.dumps({"images": [EXAMPLE_IMAGE]}).encode()
    with (
        start_api(folder, environment) as api,
        start_worker(folder, environment) as worker,
    ):
        request = Request(api.address, "/v1/jobs", body)
        run(request, Load(2, connections=64))
        time.sleep(2)
        before, started = done(), time.perf_counter()
        pids = (api.process.pid, worker.process.pid, os.getpid())
        spent = cpu_seconds(*pids)
        posted = len(run(request, Load(_SECONDS, connections=64)).sorted)
        backlog = before + posted - done()
        wait_until(lambda: done() >= before + posted, 240)
        rate = posted / (time.perf_counter() - started)
        *each, rest = (
            f"{1000 * (now - then) / posted:.2f}"
            for now, then in zip(cpu_seconds(*pids), spent, strict=True)
        )
    return rate, (
        f"{posted} jobs, {backlog} of them not done when the last was posted; ms of CPU for each: "
        f"API {each[0]}, worker {each[1]}, this load {each[2]}, all else {rest}"
    )


def cpu_seconds(*pids: int) -> list[float]:
    """Return the CPU seconds of some processes, and last of all others on this machine."""
    busy = Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    # All but the fourth and fifth, in which it idles: see proc_stat(5).
    ticks = [sum(int(each) for each in (*busy[:3], *busy[5:8]))]
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks.append(int(fields[11]) + int(fields[12]))
    everything, *each = (tick / os.sysconf("SC_CLK_TCK") for tick in ticks)
    return [*each, everything - sum(each)]
