"""Tests of what orchestrators and Prometheus are told."""

import httpx2 as httpx
import pytest

from services.common_ml.health import serving


def test_metrics_are_prometheus_text() -> None:
    with serving("127.0.0.1", 0, lambda: True) as address:
        got = httpx.get(f"{address}/metrics")

    assert got.status_code == 200
    assert got.headers["Content-Type"].startswith("text/plain; version=")


@pytest.mark.parametrize(
    ("path", "is_alive", "status", "text"),
    [
        ("/healthz", True, 200, "ok\n"),
        ("/healthz", False, 503, "no connection to the queue\n"),
        ("/elsewhere", True, 404, "/healthz or /metrics\n"),
    ],
)
def test_paths(path: str, *, is_alive: bool, status: int, text: str) -> None:
    with serving("127.0.0.1", 0, lambda: is_alive) as address:
        got = httpx.get(f"{address}{path}")

    assert (got.status_code, got.text) == (status, text)


def test_port_is_free_again_afterwards() -> None:
    with serving("127.0.0.1", 0, lambda: True) as address:
        port = int(address.rpartition(":")[2])

    with serving("127.0.0.1", port, lambda: True) as again:
        assert again == address
