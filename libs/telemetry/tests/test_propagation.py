"""Tests that headers carry a trace, and that hostile ones carry nothing."""

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from libs.telemetry import propagation

_tracer = TracerProvider().get_tracer("test")


def test_headers_continue_the_current_trace() -> None:
    with _tracer.start_as_current_span("parent") as parent:
        headers = propagation.inject()

    got = trace.get_current_span(propagation.extract(headers)).get_span_context()
    assert got.trace_id == parent.get_span_context().trace_id
    assert got.span_id == parent.get_span_context().span_id


def test_headers_of_a_span_that_is_not_current() -> None:
    span = _tracer.start_span("elsewhere")

    headers = propagation.of_span(span)

    assert (
        headers["traceparent"].split("-")[2]
        == f"{span.get_span_context().span_id:016x}"
    )


def test_no_trace_gives_no_headers() -> None:
    assert propagation.inject() == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"traceparent": ""},
        {"traceparent": "00-zz-zz-01"},
        {"traceparent": b"00-" + b"1" * 32},
        {"traceparent": 7, "tracestate": ["x"]},
        {"traceparent": "00-" + "0" * 32 + "-" + "0" * 16 + "-01"},
    ],
)
def test_rubbish_continues_nothing(headers: dict[str, object]) -> None:
    span = trace.get_current_span(propagation.extract(headers))

    assert not span.get_span_context().is_valid
