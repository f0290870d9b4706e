"""Tests of predicting over HTTP, and of the health endpoints."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from libs.ml import classifier
from libs.ml.example import EXAMPLE_IMAGE
from services.fastapi_ml.app import create_app
from services.fastapi_ml.schemas import MAX_IMAGES, PredictionResponse
from services.fastapi_ml.tests.serving import serving, settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of a running app."""
    with serving(tmp_path) as running:
        yield running


def test_one_image_is_answered(client: TestClient) -> None:
    response = client.post("/v1/predictions", json={"images": [EXAMPLE_IMAGE]})

    assert response.status_code == 200
    # Validated, as the service itself doesn't do with what it answers.
    [prediction] = PredictionResponse.model_validate_json(
        response.content, strict=True, extra="forbid"
    ).predictions
    assert prediction.digit == 0
    assert prediction.confidence == max(prediction.probabilities)


def test_many_images_are_answered_in_order(client: TestClient) -> None:
    images = [EXAMPLE_IMAGE, [[16] * 8] * 8, [[0, 0, 0, 16, 16, 0, 0, 0]] * 8]

    response = client.post("/v1/predictions", json={"images": images})

    got = [each["digit"] for each in response.json()["predictions"]]
    assert got == [each.digit for each in classifier.load().predict(images)]


def test_largest_batch_is_answered(client: TestClient) -> None:
    response = client.post(
        "/v1/predictions", json={"images": [EXAMPLE_IMAGE] * MAX_IMAGES}
    )

    assert len(response.json()["predictions"]) == MAX_IMAGES


def test_healthz_answers(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readyz_answers_once_all_is_there(client: TestClient) -> None:
    deadline = time.monotonic() + 30
    while (response := client.get("/readyz")).status_code != 200:
        assert time.monotonic() < deadline, response.text
        time.sleep(0.01)

    checks = {"model": "ok", "queue": "ok", "store": "ok"}
    assert response.json() == {"status": "ready", "checks": checks}


def test_readyz_names_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "queue").touch()

    with serving(tmp_path) as client:
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["queue"] == "no connection"


def test_metrics_count_requests_by_route(client: TestClient) -> None:
    client.get("/healthz")

    response = client.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain")


def test_readyz_refuses_before_the_app_has_started(tmp_path: Path) -> None:
    response = TestClient(create_app(settings(tmp_path))).get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["model"] == "not loaded"
