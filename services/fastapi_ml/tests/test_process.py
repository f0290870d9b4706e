"""Tests of the program: how it starts, what it says, how it stops."""

import json
import os
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

PROGRAM = Path("services/fastapi_ml/fastapi_ml")


@contextmanager
def _serving(
    state: Path, *arguments: str
) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run the program; give it, the address it tells and the line to paste."""
    with subprocess.Popen(
        [PROGRAM, "--port", "0", *arguments],
        env=os.environ
        | {"XDG_STATE_HOME": str(state), "BUILD_WORKSPACE_DIRECTORY": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # Ends a program that doesn't start, and so the line that is waited for.
        end = threading.Timer(60, process.kill)
        end.start()
        try:
            assert process.stdout is not None
            greeting = process.stdout.readline()
            assert greeting, "the program said nothing within 60 s"
            address = greeting.removeprefix("fastapi_ml serves on ").partition(" ")[0]
            line = process.stdout.readline()
            end.cancel()
            yield process, address, line
        finally:
            end.cancel()
            if process.poll() is None:
                process.kill()


def test_line_to_paste_gets_a_prediction(tmp_path: Path) -> None:
    with _serving(tmp_path) as (_, address, line):
        words = shlex.split(line)
        response = httpx.post(
            words[2],
            headers=dict([words[words.index("-H") + 1].split(": ")]),
            content=words[words.index("-d") + 1],
        )

    assert words[:2] == ["curl", "-s"]
    assert words[2] == f"{address}/v1/predictions"
    assert response.json()["predictions"][0]["digit"] == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_cleanly(stop: signal.Signals, tmp_path: Path) -> None:
    with _serving(tmp_path) as (process, _, __):
        process.send_signal(stop)
        _, errors = process.communicate(timeout=10)

    assert process.returncode == 0
    assert "Traceback" not in errors


def test_open_request_is_finished_before_it_ends(tmp_path: Path) -> None:
    with _serving(tmp_path) as (process, address, line):
        body = shlex.split(line)[-1].encode()
        host, port = address.removeprefix("http://").split(":")
        head = (
            "POST /v1/predictions HTTP/1.1\r\nHost: x\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(head.encode() + body[:100])
            _wait_until_answering(address)
            process.send_signal(signal.SIGTERM)
            _wait_until_refusing(host, int(port))
            connection.sendall(body[100:])
            answer = connection.makefile("rb").read()
        _, log = process.communicate(timeout=10)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert process.returncode == 0
    assert '"path": "/v1/predictions"' in log


def test_requests_are_logged_and_measured_by_route(tmp_path: Path) -> None:
    with _serving(tmp_path) as (process, address, _):
        asked = httpx.get(f"{address}/v1/jobs/{'0' * 32}")
        httpx.get(f"{address}/nowhere")
        metrics = httpx.get(f"{address}/metrics").text
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=10)

    [line] = [json.loads(text) for text in log.splitlines() if "/v1/jobs/" in text]
    assert line["request_id"] == asked.headers["x-request-id"]
    assert (line["method"], line["status"]) == ("GET", 404)
    assert len(line["trace_id"]) == 32
    counted = [t for t in metrics.splitlines() if "duration_seconds_count{" in t]
    assert [t for t in counted if 'http_route="/v1/jobs/{job_id}"' in t]
    assert not [t for t in counted if "nowhere" in t]


def test_too_large_body_does_not_hang_the_connection(tmp_path: Path) -> None:
    with _serving(tmp_path, "--max-body-bytes", "1000") as (_, address, __):
        host, port = address.removeprefix("http://").split(":")
        head = (
            "POST /v1/predictions HTTP/1.1\r\nHost: x\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 1000000000\r\n\r\n"
        )
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(head.encode() + b" " * 2000)
            answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_port_in_use_gets_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [PROGRAM, "--port", str(port)],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )

    assert result.returncode == 1
    assert result.stderr == (
        f"fastapi_ml can't listen on 127.0.0.1:{port}: Address already in use "
        f"(while attempting to bind on address ('127.0.0.1', {port})). "
        "Fix: choose another port by --port, or 0 for a free one.\n"
    )


def test_state_that_cannot_be_kept_stops_jobs_and_not_predictions(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    with _serving(tmp_path / "file") as (process, address, line):
        predicted = httpx.post(
            f"{address}/v1/predictions", json=json.loads(shlex.split(line)[-1])
        )
        ready = httpx.get(f"{address}/readyz")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)

    assert predicted.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["checks"]["queue"] == "no connection"
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("flags", "environment", "message"),
    [
        (["--queue-url", "redis://x"], {}, "--queue-url (FASTAPI_ML_QUEUE_URL): "),
        (["--port", "x"], {}, "--port (FASTAPI_ML_PORT) is 'x': "),
        (["--prot", "1"], {}, "unrecognized arguments: --prot"),
        ([], {"FASTAPI_ML_PROT": "1"}, "FASTAPI_ML_PROT is no setting"),
        ([], {"OTEL_TRACES_EXPORTER": "x"}, 'OTEL_TRACES_EXPORTER names "x"'),
    ],
)
def test_wrong_setting_is_reported_at_once(
    flags: list[str], environment: dict[str, str], message: str
) -> None:
    result = subprocess.run(
        [PROGRAM, *(flags or ["--port", "0"])],
        env=os.environ | environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert result.returncode == (1 if "OTEL" in message else 2)
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_callers_pythonpath_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")

    result = subprocess.run(
        [PROGRAM, "--help"],
        check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (result.returncode, result.stderr) == (0, "")


def _wait_until_answering(address: str) -> None:
    assert httpx.get(f"{address}/healthz").status_code == 200


def _wait_until_refusing(host: str, port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except ConnectionError:
            return
        except TimeoutError:
            # Nobody took it and nobody refused it: not yet what is waited for.
            continue
        # Without a pause this fills the backlog of a server that has yet to stop.
        time.sleep(0.02)
    raise AssertionError("the program still accepts connections 10 s after SIGTERM")
