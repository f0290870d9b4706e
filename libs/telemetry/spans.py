"""Records what a piece of code does as a span, by a context manager or a decorator."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span
from opentelemetry.util.types import AttributeValue

_tracer = trace.get_tracer("libs.telemetry")


@contextmanager
def span(name: str, **attributes: AttributeValue) -> Iterator[Span]:
    """Record what happens inside; an exception is recorded and passes through."""
    with _tracer.start_as_current_span(name, attributes=attributes) as current:
        yield current


def traced[**P, R](name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Record each call of a plain function as a span."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def recorded(*args: P.args, **kwargs: P.kwargs) -> R:
            with span(name):
                return function(*args, **kwargs)

        return recorded

    return decorate
