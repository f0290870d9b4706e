"""Tests that bad requests get problem details, and never more than they should know."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from libs.ml.example import EXAMPLE_IMAGE
from services.fastapi_ml.app import create_app
from services.fastapi_ml.schemas import MAX_IMAGES
from services.fastapi_ml.tests.serving import settings

PATH = "/v1/predictions"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of a running app with a small limit."""
    app = create_app(settings(tmp_path, max_body_bytes=100_000))

    @app.get("/fail")
    async def fail(request: Request) -> None:
        raise RuntimeError("secret of the implementation")

    with TestClient(app, raise_server_exceptions=False) as running:
        yield running


def _post(client: TestClient, content: bytes, media_type: str | None) -> httpx.Response:
    headers = {"content-type": media_type} if media_type else {}
    return client.post(PATH, content=content, headers=headers)


def _image(**replaced: object) -> list[list[object]]:
    image: list[list[object]] = [list(row) for row in EXAMPLE_IMAGE]
    image[3][4] = replaced["value"]
    return image


def _assert_problem(response: httpx.Response, status: int) -> None:
    problem = response.json()
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"images": [',
        b"\xff\xfe",
        b'{"images": "\xff"}',
        b"[" * 50_000,
    ],
    ids=["brace", "cut", "binary", "not UTF-8", "deep"],
)
def test_body_that_is_not_json_is_400(client: TestClient, content: bytes) -> None:
    _assert_problem(_post(client, content, "application/json"), 400)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "finite number"),
        (float("inf"), "finite number"),
        (17, "less than or equal to 16"),
        (-1, "greater than or equal to 0"),
        (1.5, "multiple of 1"),
        ("3", "valid number"),
        (True, "valid number"),
        (None, "valid number"),
        ([], "valid number"),
        (10**400, "valid number"),
    ],
)
def test_wrong_pixel_is_422_and_is_pointed_at(
    client: TestClient, value: object, message: str
) -> None:
    body = json.dumps({"images": [EXAMPLE_IMAGE, _image(value=value)]}).encode()

    response = _post(client, body, "application/json")

    _assert_problem(response, 422)
    [fault] = response.json()["errors"]
    assert fault["pointer"] == "/images/1/3/4"
    assert message in fault["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/images"),
        ({"images": []}, "/images"),
        ({"images": [EXAMPLE_IMAGE] * (MAX_IMAGES + 1)}, "/images"),
        ({"images": [EXAMPLE_IMAGE[:7]]}, "/images/0"),
        ({"images": [[[0] * 9] * 8]}, "/images/0/0"),
        ({"images": EXAMPLE_IMAGE}, "/images/0/0"),
        ({"images": [EXAMPLE_IMAGE], "a~b/c": 1}, "/a~0b~1c"),
        ([], ""),
        (None, ""),
    ],
)
def test_wrong_form_is_422_and_is_pointed_at(
    client: TestClient, body: object, pointer: str
) -> None:
    response = _post(client, json.dumps(body).encode(), "application/json")

    _assert_problem(response, 422)
    assert response.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "media_type", [None, "text/plain", "multipart/form-data", "\x80;=\x00"]
)
def test_other_media_type_is_415(client: TestClient, media_type: str | None) -> None:
    body = json.dumps({"images": [EXAMPLE_IMAGE]}).encode()
    headers = [(b"content-type", media_type.encode("latin-1"))] if media_type else []

    response = client.post(PATH, content=body, headers=headers)

    _assert_problem(response, 415)


def test_media_type_may_name_its_charset(client: TestClient) -> None:
    body = json.dumps({"images": [EXAMPLE_IMAGE]}).encode()

    response = _post(client, body, "Application/JSON; charset=utf-8")

    assert response.status_code == 200


def test_body_that_says_it_is_too_large_is_413(client: TestClient) -> None:
    response = _post(client, b" " * 100_001, "application/json")

    _assert_problem(response, 413)


def test_body_that_turns_out_too_large_is_413(client: TestClient) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 10_000
            yield b" " * 10_000

    response = client.post(
        PATH, content=chunks(), headers={"content-type": "application/json"}
    )

    _assert_problem(response, 413)
    assert "content-length" not in response.request.headers


def test_unknown_path_is_404(client: TestClient) -> None:
    _assert_problem(client.get("/v2"), 404)


def test_wrong_method_is_405_and_names_the_right_one(client: TestClient) -> None:
    response = client.put(PATH, content=b"x", headers={"content-type": "text/plain"})

    _assert_problem(response, 405)
    assert response.headers["allow"] == "POST"


def test_failure_of_the_service_is_500_and_tells_no_secret(client: TestClient) -> None:
    response = client.get("/fail")

    _assert_problem(response, 500)
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_fault_does_not_repeat_what_was_sent(client: TestClient) -> None:
    response = client.post(PATH, json={"images": ["my password"]})

    _assert_problem(response, 422)
    assert "password" not in response.text
