"""Tests of predicting over HTTP, and of the health endpoints."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from libs.ml import classifier
from services.fastapi_ml.app import create_app
from services.fastapi_ml.schemas import EXAMPLE_IMAGE, MAX_IMAGES
from services.fastapi_ml.settings import Settings


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Return a client of a running app."""
    with TestClient(create_app(Settings())) as running:
        yield running


def test_one_image_is_answered(client: TestClient) -> None:
    response = client.post("/v1/predictions", json={"images": [EXAMPLE_IMAGE]})

    assert response.status_code == 200
    [prediction] = response.json()["predictions"]
    assert prediction["digit"] == 0
    assert prediction["confidence"] == max(prediction["probabilities"])


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


def test_readyz_answers_once_the_model_is_loaded(client: TestClient) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["checks"]["model"] == "ok"


def test_readyz_refuses_before_the_app_has_started() -> None:
    response = TestClient(create_app(Settings())).get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["model"] == "not loaded"
