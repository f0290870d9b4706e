"""Carries a trace from one process to another in the headers of a message (W3C Trace Context)."""

from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import (
    TraceContextTextMapPropagator,
)

from libs.telemetry import variables  # noqa: F401  # who carries a trace has a tracer

type Headers = dict[str, str]

_propagator = TraceContextTextMapPropagator()


def inject(context: Context | None = None) -> Headers:
    """Return the headers that continue the current trace, or that of a context."""
    headers: Headers = {}
    _propagator.inject(headers, context)
    return headers


def extract(headers: Mapping[str, object]) -> Context:
    """Return the context that headers continue: an empty one if they tell none."""
    if "traceparent" not in headers:
        return Context()
    carrier = {k: v for k, v in headers.items() if isinstance(v, str)}
    return _propagator.extract(carrier, Context())


def of_span(span: trace.Span) -> Headers:
    """Return the headers that continue from a span that needn't be the current one."""
    return inject(trace.set_span_in_context(span, Context()))
