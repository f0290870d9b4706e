"""Tests of the HTTP interface of newproject."""

from fastapi.testclient import TestClient

from tools.scaffold.templates.http.app import app

client = TestClient(app)


def test_somebody_is_greeted() -> None:
    assert client.get("/v1/greetings/Ada").json() == {"greeting": "Hello, Ada!"}


def test_health_and_readiness_are_answered() -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
