"""Makes exporters as the standard OTEL_* variables say.

OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER name `otlp`, `console` or `none`, or several by commas.
Unset means `otlp` where an OTEL_EXPORTER_OTLP_*ENDPOINT is given, and `none` elsewhere: the standard's
`otlp` would fill a developer's terminal with failed exports. The exporters read their own variables
(endpoint, headers, timeout, compression).
"""

from collections.abc import Mapping

from opentelemetry.sdk.metrics.export import (
    ConsoleMetricExporter,
    MetricExporter,
    MetricReader,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    ConsoleSpanExporter,
    SimpleSpanProcessor,
)

_KNOWN = ("otlp", "console", "none")
_PROTOCOL = "http/protobuf"


class ExporterError(ValueError):
    """An OTEL_* variable that asks for something that isn't here."""


def span_processors(environment: Mapping[str, str]) -> list[SpanProcessor]:
    """Return what hands on finished spans."""
    return [_span_processor(name) for name in _names(environment, "TRACES")]


def metric_readers(environment: Mapping[str, str]) -> list[MetricReader]:
    """Return what hands on measurements."""
    return [
        PeriodicExportingMetricReader(_metric_exporter(name))
        for name in _names(environment, "METRICS")
    ]


def _names(environment: Mapping[str, str], signal: str) -> list[str]:
    variable = f"OTEL_{signal}_EXPORTER"
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    default = "otlp" if any(map(environment.get, endpoints)) else "none"
    names = [name.strip() for name in (environment.get(variable) or default).split(",")]
    for name in names:
        if name not in _KNOWN:
            raise ExporterError(
                f'{variable} names "{name}", wanted one of {", ".join(_KNOWN)}.'
            )
    if "otlp" in names:
        _require_protocol(environment, signal)
    return [name for name in names if name != "none"]


def _require_protocol(environment: Mapping[str, str], signal: str) -> None:
    for variable in (
        f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
    ):
        protocol = environment.get(variable) or _PROTOCOL
        if protocol != _PROTOCOL:
            raise ExporterError(f'{variable} is "{protocol}", wanted "{_PROTOCOL}".')


# The OTLP exporters are imported where they are used: they bring an HTTP client, which costs
# 0.1 s at every start.


def _span_processor(name: str) -> SpanProcessor:
    if name == "console":
        return SimpleSpanProcessor(ConsoleSpanExporter())
    from opentelemetry.exporter.otlp.proto.http import trace_exporter  # noqa: PLC0415

    return BatchSpanProcessor(trace_exporter.OTLPSpanExporter())


def _metric_exporter(name: str) -> MetricExporter:
    if name == "console":
        return ConsoleMetricExporter()
    from opentelemetry.exporter.otlp.proto.http import metric_exporter  # noqa: PLC0415

    return metric_exporter.OTLPMetricExporter()
