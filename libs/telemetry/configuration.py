"""Sets up tracing, metrics and logs for a process, once.

>>> with configure("shop"):
...     serve()
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from libs.telemetry import variables

# isort: split
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased

from libs.telemetry import exporters, logs

_log = logging.getLogger(__name__)
_once = threading.Lock()

# All that handing on may add to the end of a process.
_FLUSH_SECONDS = 2.0


class Telemetry(AbstractContextManager["Telemetry"]):
    """The providers of this process; leaving the context hands on what they hold."""

    def __init__(self, tracing: TracerProvider, measuring: MeterProvider) -> None:
        """Keep the providers."""
        self.tracing = tracing
        self.measuring = measuring

    def flush(self, seconds: float = _FLUSH_SECONDS) -> bool:
        """Hand on what has been recorded so far; return whether that was done in time.

        In threads that nobody waits for longer: the SDK bounds no flush by the time that it is given.
        https://github.com/open-telemetry/opentelemetry-python/issues/4568
        """
        end = time.monotonic() + seconds
        threads = [
            threading.Thread(
                target=_hand_on, args=(what, flush), name=what, daemon=True
            )
            for what, flush in (
                ("traces", self.tracing.force_flush),
                ("metrics", self.measuring.force_flush),
            )
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        late = [thread.name for thread in threads if thread.is_alive()]
        if late:
            what = " and ".join(late)
            _log.warning("%s are lost: no collector took them in %.1f s", what, seconds)
        return not late

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Hand on what has been recorded; the providers themselves end with the process."""
        self.flush()


def configure(
    service: str, *, level: str = "INFO", readers: Sequence[MetricReader] = ()
) -> Telemetry:
    """Set up telemetry by the OTEL_* variables; a second call changes the logs only.

    Args:
        service: The name that everything is recorded under; OTEL_SERVICE_NAME wins.
        level: The least level that is logged.
        readers: Further readers of the metrics, such as Prometheus's.

    Raises:
        ExporterError: A variable asks for something that isn't here, or makes no sense.
    """
    if variables.refused:
        raise exporters.ExporterError("\n".join(variables.refused))
    service = os.environ.get("OTEL_SERVICE_NAME") or service
    logs.configure(service, level=level)
    with _once:
        tracing, measuring = trace.get_tracer_provider(), metrics.get_meter_provider()
        if isinstance(tracing, TracerProvider) and isinstance(measuring, MeterProvider):
            return Telemetry(tracing, measuring)
        try:
            return _install(Resource.create({SERVICE_NAME: service}), readers)
        except exporters.ExporterError:
            raise
        except (RuntimeError, ValueError) as error:
            # Of the SDK, which reads the variables itself and names none.
            raise exporters.ExporterError(
                f"an OTEL_* variable has a value that can't be used: {error}"
            ) from error


def _hand_on(what: str, flush: Callable[[], object]) -> None:
    try:
        flush()
    except Exception as error:  # the SDK raises no other
        _log.warning("%s are lost: %s", what, error)


def _install(resource: Resource, readers: Sequence[MetricReader]) -> Telemetry:
    processors = exporters.span_processors(os.environ)
    measuring = MeterProvider(
        [*readers, *exporters.metric_readers(os.environ)],
        resource,
        shutdown_on_exit=False,
    )
    # Nothing is left to the end of the interpreter, where the SDK waits for 30 s and more: see `flush`.
    # What nobody reads isn't recorded, unless a caller records it: spans still have their
    # ids, for logs and for those that come after, at a fifth of the cost.
    sampler = None if processors else ParentBased(ALWAYS_OFF)
    tracing = TracerProvider(sampler, resource, shutdown_on_exit=False)
    for processor in processors:
        tracing.add_span_processor(processor)
    trace.set_tracer_provider(tracing)
    metrics.set_meter_provider(measuring)
    return Telemetry(tracing, measuring)
