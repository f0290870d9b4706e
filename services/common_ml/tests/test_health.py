"""Tests of what orchestrators and Prometheus are told."""

from collections.abc import Iterator

import httpx2 as httpx
import pytest

from services.common_ml.health import Probe, serving


@pytest.fixture
def address() -> Iterator[str]:
    """Give the address of a worker that lives, and has no queue."""
    probes = {
        "/healthz": Probe(lambda: True, "the loop hangs"),
        "/readyz": Probe(lambda: False, "no connection to the queue"),
    }
    with serving("127.0.0.1", 0, probes) as address:
        yield address


def test_metrics_are_prometheus_text(address: str) -> None:
    got = httpx.get(f"{address}/metrics")

    assert got.status_code == 200
    assert got.headers["Content-Type"].startswith("text/plain; version=")


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/healthz", 200, "ok\n"),
        ("/healthz?verbose", 200, "ok\n"),
        ("/readyz", 503, "no connection to the queue\n"),
        ("/elsewhere", 404, "/healthz, /readyz, /metrics\n"),
    ],
)
def test_paths(address: str, path: str, status: int, text: str) -> None:
    got = httpx.get(f"{address}{path}")

    assert (got.status_code, got.text) == (status, text)


def test_head_is_answered_without_a_body(address: str) -> None:
    got = httpx.head(f"{address}/readyz")

    assert (got.status_code, got.headers["Content-Length"]) == (503, "27")
    assert got.content == b""


def test_port_is_free_again_afterwards() -> None:
    with serving("127.0.0.1", 0, {}) as address:
        port = int(address.rpartition(":")[2])

    with serving("127.0.0.1", port, {}) as again:
        assert again == address
