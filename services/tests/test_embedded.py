"""Tests API and worker as they run on a developer's machine: two programs, no broker."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from libs.ml.example import EXAMPLE_IMAGE
from libs.telemetry.testing.receiver import receiving
from services.tests.programs import Program, start_api, start_worker
from tools.testing.waiting import wait_until

BODY = {"images": [EXAMPLE_IMAGE]}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which both programs' defaults lie in the test's folder."""
    return {"XDG_STATE_HOME": str(tmp_path / "state"), "FASTAPI_ML_JOB_SECONDS": "5"}


@pytest.fixture
def api(tmp_path: Path, environment: dict[str, str]) -> Iterator[Program]:
    """Return a running API."""
    with start_api(tmp_path, environment) as program:
        yield program


def _result(client: httpx.Client, location: str) -> dict[str, Any]:  # Any: JSON
    """Return a job once it has ended."""
    job: dict[str, Any] = {}

    def has_ended() -> bool:
        job.update(client.get(location).json())
        return bool(job["state"] != "queued")

    wait_until(has_ended)
    return job


def test_posted_job_is_answered(
    api: Program, tmp_path: Path, environment: dict[str, str]
) -> None:
    with (
        start_worker(tmp_path, environment),
        httpx.Client(base_url=api.address) as client,
    ):
        posted = client.post("/v1/jobs", json=BODY)
        job = _result(client, posted.headers["Location"])
        at_once = client.post("/v1/predictions", json=BODY).json()

    assert posted.status_code == 202
    assert job["state"] == "done"
    assert job["predictions"] == at_once["predictions"]


def test_one_trace_spans_api_queue_and_worker(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with receiving() as receiver:
        telling = environment | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        with (
            start_api(tmp_path, telling) as api,
            start_worker(tmp_path, telling),
            httpx.Client(base_url=api.address) as client,
        ):
            trace_id = "1" * 32
            headers = {"traceparent": f"00-{trace_id}-{'2' * 16}-01"}
            posted = client.post("/v1/jobs", json=BODY, headers=headers)
            assert posted.status_code == 202, posted.text

            def spans() -> dict[str, Any]:  # Any: protobuf's own type
                return {
                    f"{service} {span.name}": span
                    for service, span in receiver.spans(3)
                    if span.trace_id.hex() == trace_id
                }

            def are_all_there() -> bool:
                return len(spans()) == 3

            wait_until(are_all_there)

    found = spans()
    asked = found["fastapi_ml POST /v1/jobs"]
    worked = found["common_ml process digits.jobs"]
    kept = found["fastapi_ml process digits.results"]
    assert worked.parent_span_id == asked.span_id
    assert kept.parent_span_id == worked.span_id


def test_collector_that_hangs_delays_neither_start_nor_requests(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    began = time.monotonic()
    with start_api(tmp_path, environment):
        usual = time.monotonic() - began
    # Connections to it succeed, and nobody ever takes one.
    with socket.create_server(("127.0.0.1", 0)) as collector:
        port = collector.getsockname()[1]
        hanging = environment | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "OTEL_BSP_SCHEDULE_DELAY": "10",
            "OTEL_METRIC_EXPORT_INTERVAL": "10",
        }
        began = time.monotonic()
        with (
            start_api(tmp_path, hanging) as api,
            httpx.Client(base_url=api.address, timeout=5) as client,
            start_worker(tmp_path, hanging) as worker,
        ):
            started = api.started - began
            asking = time.monotonic()
            for _ in range(50):
                client.post("/v1/predictions", json=BODY).raise_for_status()
            asked = time.monotonic() - asking
            location = client.post("/v1/jobs", json=BODY).headers["Location"]
            job = _result(client, location)
            began = time.monotonic()
            codes = api.terminate(), worker.terminate()
            ended = time.monotonic() - began

    print(
        f"start {started:.1f} s (usually {usual:.1f} s), 50 requests {asked:.1f} s, end {ended:.1f} s"
    )
    assert (job["state"], codes) == ("done", (0, 0))
    # The exporters' own time-out is 10 s: whoever waited for one would take longer.
    assert started < usual + 8
    assert asked < 8
    assert ended < 2 * 8


def test_same_key_is_one_job_and_another_body_is_refused(api: Program) -> None:
    headers = {"Idempotency-Key": "a-key"}
    with httpx.Client(base_url=api.address, headers=headers) as client:
        first = client.post("/v1/jobs", json=BODY)
        second = client.post("/v1/jobs", json=BODY)
        other = client.post("/v1/jobs", json={"images": [EXAMPLE_IMAGE, EXAMPLE_IMAGE]})

    assert first.headers["Location"] == second.headers["Location"]
    assert (other.status_code, other.headers["content-type"]) == (
        409,
        "application/problem+json",
    )


def test_job_of_a_killed_worker_is_answered_by_the_next(
    api: Program, tmp_path: Path, environment: dict[str, str]
) -> None:
    with httpx.Client(base_url=api.address) as client:
        locations = [
            client.post("/v1/jobs", json={"images": [EXAMPLE_IMAGE] * 200}).headers[
                "Location"
            ]
            for _ in range(20)
        ]
        with start_worker(tmp_path, environment) as first:
            first.kill()
        with start_worker(tmp_path, environment):
            states = {_result(client, each)["state"] for each in locations}

    assert states == {"done"}


def test_once_empties_the_queue_and_ends(
    api: Program, tmp_path: Path, environment: dict[str, str]
) -> None:
    with httpx.Client(base_url=api.address) as client:
        location = client.post("/v1/jobs", json=BODY).headers["Location"]

        with start_worker(tmp_path, environment, "--once") as worker:
            exit_code = worker.process.wait(timeout=60)
        job = _result(client, location)

    assert (job["state"], exit_code) == ("done", 0)


def test_worker_ends_cleanly_on_sigterm(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with start_worker(tmp_path, environment) as worker:
        exit_code = worker.terminate()

    assert exit_code == 0
    assert "Traceback" not in worker.log


def test_worker_tells_its_health_and_metrics(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with (
        start_worker(tmp_path, environment) as worker,
        httpx.Client(base_url=worker.address) as client,
    ):

        def is_ready() -> bool:
            return client.get("/readyz").status_code == 200

        wait_until(is_ready)
        alive = client.get("/healthz")
        metrics = client.get("/metrics")
        missing = client.get("/other")

    assert alive.status_code == 200
    assert metrics.headers["content-type"].startswith("text/plain")
    assert missing.status_code == 404


def test_restarted_api_still_knows_its_jobs(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with start_api(tmp_path, environment) as first:
        posted = httpx.post(f"{first.address}/v1/jobs", json=BODY)
        assert first.terminate() == 0

    with (
        start_api(tmp_path, environment) as second,
        start_worker(tmp_path, environment),
        httpx.Client(base_url=second.address) as client,
    ):
        job = _result(client, posted.headers["Location"])

    assert job["state"] == "done"
