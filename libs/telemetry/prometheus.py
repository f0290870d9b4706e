"""Shows the process's metrics to Prometheus."""

import prometheus_client
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from prometheus_client.exposition import CONTENT_TYPE_LATEST


def reader() -> PrometheusMetricReader:
    """Return a reader to be handed to `configure`."""
    return PrometheusMetricReader()


def exposition() -> tuple[bytes, str]:
    """Return the metrics as text, and the media type of it."""
    return prometheus_client.generate_latest(), CONTENT_TYPE_LATEST
