"""Tests what a configured process sends, by a real receiver and a real process."""

import os
import subprocess
import sys

import pytest

from libs.telemetry.tests.receiver import receiving

_PROGRAM = (
    "import sys\n"
    f"sys.path[:] = {sys.path!r}\n"
    "import logging\n"
    "from opentelemetry import metrics\n"
    "from libs.telemetry import configuration, propagation, spans\n"
    "@spans.traced('inner')\n"
    "def work():\n"
    "    logging.getLogger('work').info('working')\n"
    "with configuration.configure('shop'), configuration.configure('shop'):\n"
    "    metrics.get_meter('m').create_counter('sold').add(3, {'item': 'pen'})\n"
    "    try:\n"
    "        with spans.span('outer', item='pen'):\n"
    "            work()\n"
    "            raise KeyError('lost')\n"
    "    except KeyError:\n"
    "        pass\n"
)


def _run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_spans_and_metrics_reach_an_otlp_receiver(compression: str) -> None:
    with receiving() as receiver:
        result = _run(
            OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url,
            OTEL_EXPORTER_OTLP_COMPRESSION=compression,
        )
        spans = {span.name: span for _, span in receiver.spans(2)}
        services = {service for service, _ in receiver.spans(2) + receiver.metrics(1)}
        metrics = {metric.name: metric for _, metric in receiver.metrics(1)}

    assert result.returncode == 0, result.stderr
    assert services == {"shop"}
    assert spans.keys() == {"outer", "inner"}
    assert spans["inner"].parent_span_id == spans["outer"].span_id
    assert spans["inner"].trace_id == spans["outer"].trace_id
    assert spans["outer"].attributes[0].key == "item"
    assert spans["outer"].events[0].name == "exception"
    [point] = metrics["sold"].sum.data_points
    assert (point.as_int, point.attributes[0].value.string_value) == (3, "pen")
    assert f'"trace_id": "{spans["inner"].trace_id.hex()}"' in result.stderr
    assert f'"span_id": "{spans["inner"].span_id.hex()}"' in result.stderr


def test_service_name_of_the_environment_wins() -> None:
    with receiving() as receiver:
        _run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, OTEL_SERVICE_NAME="market")
        services = {service for service, _ in receiver.spans(2)}

    assert services == {"market"}


def test_console_is_asked_for_by_name() -> None:
    result = _run(OTEL_TRACES_EXPORTER="console", OTEL_METRICS_EXPORTER="console")

    assert '"name": "inner"' in result.stdout
    assert '"name": "sold"' in result.stdout


@pytest.mark.parametrize("environment", [{}, {"OTEL_TRACES_EXPORTER": "none"}])
def test_nothing_is_sent_unless_asked_for(environment: dict[str, str]) -> None:
    result = _run(**environment)

    assert (result.returncode, result.stdout) == (0, "")
    assert len(result.stderr.splitlines()) == 1


def test_receiver_that_is_not_there_does_not_stop_the_program() -> None:
    result = _run(
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_EXPORTER_OTLP_TIMEOUT="1"
    )

    assert result.returncode == 0


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin", 'OTEL_TRACES_EXPORTER names "zipkin"'),
        ("OTEL_METRICS_EXPORTER", "console,x", 'OTEL_METRICS_EXPORTER names "x"'),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "grpc",
            'PROTOCOL is "grpc", wanted "http/protobuf"',
        ),
    ],
)
def test_what_is_not_here_is_named(variable: str, value: str, message: str) -> None:
    result = _run(
        **{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", variable: value}
    )

    assert result.returncode == 1
    assert message in result.stderr
