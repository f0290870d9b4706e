"""Tests of the middleware around an HTTP app."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from libs.telemetry import request_ids
from libs.telemetry.asgi import RequestTelemetry


async def _id(request: Request) -> Response:
    return PlainTextResponse(request_ids.current.get() or "none")


async def _fail(request: Request) -> Response:
    raise RuntimeError("broken inside")


def _client() -> TestClient:
    app = Starlette(routes=[Route("/id", _id), Route("/fail", _fail)])
    return TestClient(RequestTelemetry(app), raise_server_exceptions=False)


def test_request_id_reaches_the_handler_and_the_client() -> None:
    response = _client().get("/id", headers={"X-Request-ID": "mine"})

    assert (response.text, response.headers["X-Request-ID"]) == ("mine", "mine")


def test_hostile_request_id_is_replaced() -> None:
    response = _client().get("/id", headers={b"X-Request-ID": b"a b\xe9" * 50})

    assert response.headers["X-Request-ID"] == response.text
    assert len(response.text) == 32


def test_id_ends_with_its_request() -> None:
    _client().get("/id")

    assert request_ids.current.get() is None


def test_each_request_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    _client().get("/missing?secret=1")

    [record] = [r for r in caplog.records if r.name == "libs.telemetry.asgi"]
    extra = vars(record)
    assert (extra["method"], extra["path"], extra["status"]) == ("GET", "/missing", 404)
    assert extra["milliseconds"] > 0


def test_failure_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    response = _client().get("/fail")

    assert response.status_code == 500
    assert "broken" not in response.text
    [record] = [r for r in caplog.records if r.message == "request failed"]
    assert record.exc_info is not None
