"""Tests of the access log, beside the spans and metrics that FastAPI records."""

import asyncio
import json
import logging
from typing import Any

import pytest
from fastapi import FastAPI
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient
from starlette.types import Message

from libs.telemetry import request_ids
from libs.telemetry.logs import JsonFormatter
from libs.telemetry.request_log import RequestLog

_exporter = InMemorySpanExporter()
_reader = InMemoryMetricReader()


@pytest.fixture(autouse=True, scope="module")
def _providers() -> None:
    """Record spans and measurements in memory."""
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(_exporter))
    trace.set_tracer_provider(tracing)
    metrics.set_meter_provider(MeterProvider([_reader]))


def _finished_spans() -> list[Any]:  # Any: parts of a span are optional by their types
    return list(_exporter.get_finished_spans())


def _metrics() -> list[Any]:  # Any: a metric is one of several types
    data = _reader.get_metrics_data()
    assert data is not None
    return [
        m for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics
    ]


async def _receive() -> Message:
    return {"type": "http.request"}


async def _send(_: Message) -> None:
    pass


def _app() -> FastAPI:
    app = FastAPI(telemetry={"operation_spans": False})
    app.add_middleware(RequestLog)

    @app.get("/id")
    async def get_id() -> str:
        return request_ids.current.get() or "none"

    @app.get("/fail")
    async def fail() -> None:
        raise RuntimeError("broken inside")

    return app


def _client() -> TestClient:
    return TestClient(_app(), raise_server_exceptions=False)


def test_request_id_reaches_the_handler_and_the_client() -> None:
    response = _client().get("/id", headers={"X-Request-ID": "mine"})

    assert (response.json(), response.headers["X-Request-ID"]) == ("mine", "mine")


def test_hostile_request_id_is_replaced() -> None:
    response = _client().get("/id", headers={b"X-Request-ID": b"a b\xe9" * 50})

    assert response.headers["X-Request-ID"] == response.json()
    assert len(response.json()) == 32


def test_id_ends_with_its_request() -> None:
    _client().get("/id")

    assert request_ids.current.get() is None


def test_each_request_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    _client().get("/missing?secret=1")

    [record] = [r for r in caplog.records if r.name == "libs.telemetry.request_log"]
    extra = vars(record)
    assert (extra["method"], extra["path"], extra["status"]) == ("GET", "/missing", 404)
    assert extra["milliseconds"] > 0


def test_requests_at_once_are_lines_with_their_own_ids(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    caplog.handler.setFormatter(JsonFormatter("shop"))
    app = _app()

    async def ask(number: int) -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/id",
            "query_string": b"",
            "headers": [
                (b"x-request-id", f"r{number}".encode()),
                (b"traceparent", f"00-{number:032}-{'2' * 16}-01".encode()),
            ],
        }
        await app(scope, _receive, _send)

    async def ask_at_once() -> None:
        await asyncio.gather(ask(1), ask(2))

    asyncio.run(ask_at_once())

    lines = [json.loads(text) for text in caplog.text.splitlines()]
    told = [line for line in lines if line["logger"] == "libs.telemetry.request_log"]
    assert [(line["request_id"], line["trace_id"]) for line in told] == [
        ("r1", f"{1:032}"),
        ("r2", f"{2:032}"),
    ]


def test_each_request_is_a_span_of_the_callers_trace() -> None:
    trace_id, parent = "1" * 32, "2" * 16
    _exporter.clear()

    _client().get("/id", headers={"traceparent": f"00-{trace_id}-{parent}-01"})

    [span] = _finished_spans()
    assert (span.name, span.attributes["http.route"]) == ("GET /id", "/id")
    assert f"{span.context.trace_id:032x}" == trace_id
    assert f"{span.parent.span_id:016x}" == parent


def test_unknown_paths_and_methods_are_one_measurement_each() -> None:
    for number in range(3):
        _client().request(f"MADEUP{number}", f"/{number}")

    [metric] = [m for m in _metrics() if m.name == "http.server.request.duration"]
    methods = {
        (p.attributes["http.request.method"], p.attributes.get("http.route"))
        for p in metric.data.data_points
        if p.attributes["http.request.method"] == "_OTHER"
    }
    assert methods == {("_OTHER", None)}


def test_failure_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    response = _client().get("/fail")

    assert response.status_code == 500
    assert "broken" not in response.text
    [record] = [r for r in caplog.records if r.message == "request failed"]
    assert record.exc_info is not None
