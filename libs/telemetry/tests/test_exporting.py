"""Tests what a configured process sends, by a real receiver and a real process."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from libs.telemetry.testing.receiver import receiving
from tools.testing.ports import free_port

_PROGRAM = (
    "import sys\n"
    f"sys.path[:] = {sys.path!r}\n"
    "import logging\n"
    "from opentelemetry import metrics, trace\n"
    "from libs.telemetry import configuration\n"
    "tracer = trace.get_tracer('shop')\n"
    "@tracer.start_as_current_span('inner')\n"
    "def work():\n"
    "    logging.getLogger('work').info('working')\n"
    "configuration.configure('shop')\n"
    "with configuration.configure('shop'):\n"
    "    metrics.get_meter('m').create_counter('sold').add(3, {'item': 'pen'})\n"
    "    try:\n"
    "        with tracer.start_as_current_span('outer', attributes={'item': 'pen'}):\n"
    "            work()\n"
    "            raise KeyError('lost')\n"
    "    except KeyError:\n"
    "        pass\n"
    "    sys.stderr.write('done\\n')\n"
)


def _run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
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
    assert len(result.stderr.splitlines()) == 2


@contextmanager
def _collector(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen, and answer each connection in a thread of its own; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection = server.accept()[0]
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _say_nothing(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        connection.settimeout(60)
        while connection.recv(4096):
            pass


def _trickle(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(600):
            connection.sendall(b" ")
            time.sleep(0.1)


def _be_busy(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        connection.settimeout(60)
        connection.recv(65536)
        connection.sendall(
            b"HTTP/1.1 503 Busy\r\nRetry-After: 8\r\nContent-Length: 0\r\n\r\n"
        )
        connection.recv(65536)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("answer", [_say_nothing, _trickle, _be_busy])
def test_collector_that_is_slow_or_dead_holds_the_end_up_by_2_seconds(
    answer: Callable[[socket.socket], None], scheme: str
) -> None:
    with _collector(answer) as port:
        _assert_ends_soon(f"{scheme}://127.0.0.1:{port}")


def test_collector_that_is_not_there_holds_the_end_up_by_2_seconds() -> None:
    _assert_ends_soon(f"http://127.0.0.1:{free_port()}")


# A name server that takes each question and answers none.
_SILENT_RESOLVER = (
    "import socket, sys, threading\n"
    "server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "server.bind(('127.0.0.1', 53))\n"
    "def listen():\n"
    "    server.recv(512)\n"
    "    sys.stderr.write('a name was asked for\\n')\n"
    "threading.Thread(target=listen, daemon=True).start()\n"
)


def test_name_server_that_never_answers_holds_the_end_up_by_2_seconds(
    tmp_path: Path,
) -> None:
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    namespace = [
        *(os.path.abspath(os.environ["BWRAP"]), "--die-with-parent"),
        *("--unshare-user", "--unshare-net", "--cap-add", "CAP_NET_BIND_SERVICE"),
        # As another user, bwrap makes two user namespaces, and the network belongs to the outer one.
        *("--uid", "0", "--gid", "0"),
        *("--bind", "/", "/", "--dev", "/dev", "--tmpfs", "/etc"),
        *("--ro-bind", str(tmp_path / "resolv.conf"), "/etc/resolv.conf", "--"),
    ]

    said = _assert_ends_soon(
        "http://collector.example:4318", namespace, _SILENT_RESOLVER
    )

    assert "a name was asked for" in said


def _assert_ends_soon(
    url: str, wrapper: Sequence[str] = (), preparation: str = ""
) -> str:
    """Run the program with a collector's URL; return what it said after its work."""
    began = time.monotonic()
    with subprocess.Popen(
        [*wrapper, sys.executable, "-I", "-c", preparation + _PROGRAM],
        env=os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": url},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        # The program ends by itself; should it not, this ends it, and the reading.
        end = threading.Timer(60, process.kill)
        end.start()
        lines = iter(process.stderr.readline, "done\n")
        assert [line for line in lines if "working" in line]
        done = time.monotonic()
        said = process.stderr.read()
        process.wait(30)
        end.cancel()
        seconds = time.monotonic() - done

    print(f"start to done: {done - began:.2f} s; done to end: {seconds:.2f} s")
    assert process.returncode == 0, said
    # 2 s and the end of a process, on a busy machine; the SDK itself took 14 to 31.
    assert seconds < 6
    assert "Traceback" not in said
    lost = [line for line in said.splitlines() if "are lost" in line]
    told = [line for line in said.splitlines() if "Failed to export" in line]
    assert len(lost) == 1 or told
    return said


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
        ("OTEL_PYTHON_TRACER_PROVIDER", "x", 'TRACER_PROVIDER is "x", and providers'),
        ("OTEL_PYTHON_METER_PROVIDER", "sdk_meter_provider", "providers are set up"),
        (
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
            "-5",
            'LIMIT is "-5", wanted a whole number',
        ),
        (
            "OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER",
            "x",
            "can't be used: Requested component 'x' not found",
        ),
        ("OTEL_BSP_SCHEDULE_DELAY", "-5", "can't be used: schedule_delay_millis must"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "-5", "can't be used: interval value -5"),
        ("OTEL_METRICS_EXEMPLAR_FILTER", "x", "can't be used: Unknown exemplar filter"),
    ],
)
def test_what_is_not_here_is_named(variable: str, value: str, message: str) -> None:
    result = _run(
        **{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", variable: value}
    )

    assert result.returncode == 1
    assert message in result.stderr
