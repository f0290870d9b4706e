"""Tests of the job endpoints, with a worker that answers as the test wants."""

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from libs.contracts.digits import JOBS, RESULTS, Digit, JobMessage, JobResult
from libs.ml.example import EXAMPLE_IMAGE
from libs.mq import dead_letters
from libs.mq.disk.store import DiskStore
from libs.mq.task import Task, each
from libs.mq.worker import Worker
from services.fastapi_ml.store import Job, JobStore, State
from services.fastapi_ml.tests.serving import serving
from tools.testing.waiting import time_limit, wait_until

BODY = {"images": [EXAMPLE_IMAGE]}
SEVEN = Digit(digit=7, probabilities=[0.0] * 7 + [1.0, 0.0, 0.0])


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of an app that is impatient for results."""
    with serving(tmp_path, job_seconds=0.5, job_attempts=3) as running:
        yield running


def _work(folder: Path, handle: Callable[[JobMessage], JobResult | None]) -> None:
    """Handle the jobs that are there."""
    task = Task(JOBS, JobMessage, each(handle), RESULTS)
    stop = threading.Event()
    with time_limit("the worker", stop.set):
        Worker(f"disk://{folder}/queue", task).run(stop, until_empty=True)


def _answer(job: JobMessage) -> JobResult:
    return JobResult(job_id=job.job_id, digits=[SEVEN] * len(job.images))


def _ended(client: TestClient, location: str) -> dict[str, Any]:  # Any: JSON
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(location).json()
        if job["state"] != "queued":
            return job
        time.sleep(0.02)
    raise AssertionError("the job has not ended")


def _post(client: TestClient, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/v1/jobs", json=BODY, headers=headers)


def test_posted_job_is_queued_and_tells_where(client: TestClient) -> None:
    posted = _post(client)

    job = client.get(posted.headers["Location"]).json()
    assert posted.status_code == 202
    assert job == {
        "id": posted.json()["id"],
        "state": "queued",
        "predictions": None,
        "error": None,
    }


def test_answered_job_tells_its_predictions(client: TestClient, tmp_path: Path) -> None:
    location = _post(client).headers["Location"]

    _work(tmp_path, _answer)

    [prediction] = _ended(client, location)["predictions"]
    assert (prediction["digit"], prediction["confidence"]) == (7, 1.0)


def test_job_that_went_wrong_says_why(client: TestClient, tmp_path: Path) -> None:
    location = _post(client).headers["Location"]

    _work(tmp_path, lambda job: JobResult(job_id=job.job_id, error="too blurred"))

    job = _ended(client, location)
    assert (job["state"], job["error"]) == ("failed", "too blurred")


def test_first_result_stays(client: TestClient, tmp_path: Path) -> None:
    location = _post(client).headers["Location"]
    _work(tmp_path, _answer)
    first = _ended(client, location)

    _post(client)
    job_id = first["id"]
    _work(tmp_path, lambda _: JobResult(job_id=job_id, error="late and wrong"))
    time.sleep(1)

    assert client.get(location).json() == first


def test_many_results_are_kept_at_once(
    client: TestClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _post(client), range(20)))
    _work(tmp_path, _answer)

    states = {_ended(client, each.headers["Location"])["state"] for each in answers}

    assert states == {"done"}
    assert "each is handled alone" not in caplog.text


def test_first_result_of_many_stays(tmp_path: Path) -> None:
    store = JobStore(f"sqlite:///{tmp_path}/jobs.sqlite3", 60)
    store.add([Job(name, "[]") for name in "abc"])
    store.finish({"b": (State.FAILED, '"first"')})

    store.finish(dict.fromkeys("abcd", (State.DONE, "[]")))

    found = {name: store.get(name) for name in "abcd"}
    store.close()
    assert {name: job.state for name, job in found.items() if job} == {
        "a": State.DONE,
        "b": State.FAILED,
        "c": State.DONE,
    }


def test_jobs_with_keys_that_came_before_are_told(tmp_path: Path) -> None:
    store = JobStore(f"sqlite:///{tmp_path}/jobs.sqlite3", 60)
    store.add([Job("a", "[1]", key="x")])

    known = store.add(
        [
            Job("b", "[1]", key="x"),
            Job("c", "[2]", key="y"),
            Job("d", "[2]", key="y"),
            Job("e", "[3]"),
            Job("f", "[4]"),
        ]
    )

    kept = [name for name in "abcdef" if store.get(name)]
    store.close()
    assert {key: job.id for key, job in known.items()} == {"x": "a", "y": "c"}
    assert kept == ["a", "c", "e", "f"]


def test_job_without_a_result_is_sent_again_and_fails_in_the_end(
    client: TestClient, tmp_path: Path
) -> None:
    seen: list[str] = []
    location = _post(client).headers["Location"]

    def has_ended() -> bool:
        _work(tmp_path, lambda job: seen.append(job.job_id))
        return bool(client.get(location).json()["state"] != "queued")

    wait_until(has_ended)

    job = client.get(location).json()
    assert seen == [job["id"]] * 3
    assert job["error"] == "No result came, though it was sent 3 times."


def test_same_key_is_one_job(client: TestClient) -> None:
    answers = [_post(client, "key").json() for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]


def test_pixels_are_kept_as_whole_numbers(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        answer = client.post("/v1/jobs", json={"images": [[[5.0] * 8] * 8]})

    with closing(sqlite3.connect(tmp_path / "jobs.sqlite3")) as database:
        [[message]] = database.execute("SELECT message FROM digit_jobs")
    assert answer.status_code == 202
    images = json.dumps([[[5] * 8] * 8], separators=(",", ":"))
    assert message.endswith(f'"images":{images}}}}}')


def test_same_key_at_the_same_time_is_one_job(client: TestClient) -> None:
    ids: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: ids.append(_post(client, "key").json()["id"]), daemon=True
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "a request isn't answered after 30 s"

    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_key_with_other_images_is_refused(client: TestClient) -> None:
    _post(client, "key")

    other = {"images": [EXAMPLE_IMAGE, EXAMPLE_IMAGE]}
    response = client.post("/v1/jobs", json=other, headers={"Idempotency-Key": "key"})

    assert response.status_code == 409
    assert "with other images" in response.json()["detail"]


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256])
def test_unfit_key_is_refused(client: TestClient, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode()}

    response = client.post("/v1/jobs", json=BODY, headers=headers)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


def test_full_queue_is_503_and_nothing_of_the_job_remains(
    client: TestClient, tmp_path: Path
) -> None:
    _post(client)
    store = DiskStore(tmp_path / "queue")
    store.declare(JOBS.name, 1)
    store.close()

    refused = _post(client, "key")

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    with sqlite3.connect(tmp_path / "jobs.sqlite3") as database:
        [row] = database.execute("SELECT count(*) FROM digit_jobs").fetchall()
    database.close()
    assert row == (1,)


def test_refused_job_is_taken_with_its_key_once_there_is_room(
    client: TestClient, tmp_path: Path
) -> None:
    _post(client)
    store = DiskStore(tmp_path / "queue")
    store.declare(JOBS.name, 1)
    assert _post(client, "key").status_code == 503

    store.declare(JOBS.name, 2)
    store.close()
    posted = _post(client, "key")

    assert posted.status_code == 202


def test_result_waits_for_a_store_that_is_lost(
    client: TestClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    location = _post(client).headers["Location"]
    with sqlite3.connect(tmp_path / "jobs.sqlite3") as database:
        database.execute("ALTER TABLE digit_jobs RENAME TO away")
        database.commit()
        _work(tmp_path, _answer)
        # Longer than a message that fails is tried again.
        wait_until(lambda: caplog.text.count("results wait: OperationalError") > 3)
        database.execute("ALTER TABLE away RENAME TO digit_jobs")
        database.commit()
    database.close()

    assert _ended(client, location)["state"] == "done"
    assert dead_letters.peek(f"disk://{tmp_path}/queue", RESULTS) == []
    pauses = re.findall(r"results wait: .* next try in ([0-9.]+) s", caplog.text)
    assert pauses[:4] == ["0.2", "0.4", "0.8", "1.6"]


def test_unknown_job_is_404(client: TestClient) -> None:
    response = client.get(f"/v1/jobs/{'0' * 32}")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("job_id", ["x", "0" * 31, "0" * 33, "%00", "G" * 32])
def test_impossible_job_is_422(client: TestClient, job_id: str) -> None:
    assert client.get(f"/v1/jobs/{job_id}").status_code == 422


def test_store_that_is_not_there_is_503(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite3").mkdir()

    with serving(tmp_path) as client:
        posted = _post(client)
        asked = client.get(f"/v1/jobs/{'0' * 32}")
        ready = client.get("/readyz")

    assert (posted.status_code, asked.status_code) == (503, 503)
    assert posted.headers["Retry-After"] == asked.headers["Retry-After"] == "1"
    assert ready.json()["checks"]["store"] != "ok"
