"""Tests of the image that is pushed: booted as PID 1, read-only, not as root."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from libs.contracts.digits import JOBS, RESULTS, JobMessage, JobResult
from libs.ml.example import EXAMPLE_IMAGE
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.task import Task, each
from libs.mq.worker import Worker
from tools.image.boot.sandbox import Machine
from tools.image.conformance import booting
from tools.image.conformance.booting import Serving
from tools.testing.ports import free_port
from tools.testing.waiting import time_limit

JOB_ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return booting.unpacked_machine(tmp_path_factory.mktemp("root"))


@pytest.fixture
def machine(unpacked: Machine, tmp_path: Path) -> Machine:
    """Return the image with a folder for the queue, which the test shares."""
    queue = tmp_path / "queue"
    queue.mkdir()
    return replace(unpacked, volumes={"/queue": queue})


@contextmanager
def working(machine: Machine, talk: Path, **variables: str) -> Iterator[Serving]:
    """Boot the worker, and wait until it says that it is well."""
    port = free_port()
    environment = {
        "COMMON_ML_HEALTH_PORT": str(port),
        "COMMON_ML_QUEUE_URL": "disk:///queue",
        **variables,
    }
    url = f"http://127.0.0.1:{port}/healthz"
    with booting.serving(machine, environment, url, talk) as service:
        yield service


def done_by(machine: Machine) -> JobResult:
    """Send a job through the queue; return its result."""
    url = f"disk://{machine.volumes['/queue']}"
    arrived = threading.Event()
    results: list[JobResult] = []

    def take(result: JobResult) -> None:
        results.append(result)
        arrived.set()

    with closing(Publisher(url, JOBS)) as publisher:
        assert publisher.publish(
            [Outgoing.of(JobMessage(job_id=JOB_ID, images=[EXAMPLE_IMAGE]))]
        ) == [True]
    with time_limit("the reader of results", arrived.set, 60):
        Worker(url, Task(RESULTS, JobResult, each(take))).run(arrived)
    return results[0]


def test_it_does_a_job_and_ends_on_sigterm(machine: Machine, tmp_path: Path) -> None:
    with working(machine, tmp_path / "talk") as service:
        result = done_by(machine)
        asked = time.monotonic()
        code = service.boot.stop(patience=10)
        seconds = time.monotonic() - asked

    print(
        f"start to first /healthz: {service.seconds:.2f} s; SIGTERM to end: {seconds:.2f} s"
    )
    assert (result.job_id, result.error) == (JOB_ID, None)
    assert [it.digit for it in result.digits] == [0]
    assert code == 0
    assert seconds < 2


def test_no_module_is_compiled_at_the_start(machine: Machine, tmp_path: Path) -> None:
    with working(machine, tmp_path / "talk", PYTHONVERBOSE="1") as service:
        done_by(machine)
        said = service.said()

    assert len([it for it in said if it.startswith(booting.FOUND_COMPILED)]) > 100
    assert [it for it in said if it.startswith(booting.COMPILED_AT_START)] == []
