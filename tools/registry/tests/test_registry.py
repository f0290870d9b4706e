"""The registry as a person starts it, and the sentences where it can't."""

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.registry import serving
from tools.testing.waiting import time_limit

_CRANE = os.environ["CRANE"]


def _start(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    command = [os.environ["REGISTRY"], f"--crane={_CRANE}", *arguments]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, **environ},
    )


@contextmanager
def _serving(process: subprocess.Popen[str]) -> Iterator[str]:
    """Give the address of a started registry, which ends with the block."""
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        with time_limit("the registry's greeting", process.kill):
            line = process.stdout.readline()
            # crane says on stderr that it listens now.
            process.stderr.readline()
        yield line.split()[3].rstrip(";")
    finally:
        process.kill()
        process.communicate(timeout=10)


def _append(address: str, folder: Path) -> None:
    """Send an image of one layer to a registry."""
    layer = folder / "layer.tar"
    layer.write_bytes(b"\0" * 1024)
    command = [_CRANE, "append", "-f", str(layer), "-t", f"{address}/app:dev"]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


@pytest.fixture
def registry() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield a started registry and its address."""
    process = _start("--port", "0")
    with _serving(process) as address:
        yield process, address


def test_it_answers_on_loopback_alone(
    registry: tuple[subprocess.Popen[str], str],
) -> None:
    _, address = registry
    port = address.partition(":")[2]

    assert serving.answers(address)

    # Every address of 127.0.0.0/8 is this machine: only the named one is listened on.
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", int(port)))


def test_a_blob_that_was_sent_can_be_fetched(
    registry: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    _, address = registry

    _append(address, tmp_path)

    url = f"http://{address}/v2/app/tags/list"
    with urllib.request.urlopen(url, timeout=10) as response:
        assert response.read() == b'{"name":"app","tags":["dev"]}'


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(
    registry: tuple[subprocess.Popen[str], str], sent: signal.Signals
) -> None:
    process, address = registry

    process.send_signal(sent)
    process.wait(timeout=5)

    assert not serving.answers(address)


def test_a_second_registry_on_the_port_says_so(
    registry: tuple[subprocess.Popen[str], str],
) -> None:
    _, address = registry

    second = _start("--port", address.partition(":")[2])
    _, talk = second.communicate(timeout=10)

    assert second.returncode == 1
    assert talk == (
        f"a registry already answers at {address}.\n"
        "Fix: use it, or end it, or serve another one by -- --port 0.\n"
    )


def test_another_program_on_the_port_is_told_from_a_registry() -> None:
    with socket.socket() as other:
        other.bind((serving.HOST, 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(serving.PortError, match=f":{port} can't be listened on: "):
            serving.free_port(port)


@pytest.mark.parametrize("port", ["70000", "-1", "eighty"])
def test_a_port_that_does_not_exist_is_refused(port: str) -> None:
    process = _start(f"--port={port}")
    _, talk = process.communicate(timeout=10)

    assert process.returncode == 2
    assert talk.endswith(f"argument --port: '{port}' is no port, wanted 0 to 65535\n")


def test_a_folder_for_blobs_is_where_the_person_is(tmp_path: Path) -> None:
    process = _start("--port=0", "--disk=blobs", BUILD_WORKING_DIRECTORY=str(tmp_path))
    with _serving(process) as address:
        _append(address, tmp_path)

    assert [it for it in (tmp_path / "blobs").rglob("*") if it.is_file()] != []


def test_a_file_is_no_folder_for_blobs(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    process = _start("--disk", str(tmp_path / "file"))
    _, talk = process.communicate(timeout=10)

    assert process.returncode == 2
    assert f"argument --disk: '{tmp_path}/file' can't be a folder: " in talk


def test_blobs_are_kept_in_a_folder_on_demand() -> None:
    got = serving.command("crane", 5001, Path("/blobs"))

    want = "crane registry serve --address 127.0.0.1:5001 --disk /blobs"
    assert " ".join(got) == want


def test_a_registry_for_tests_ends_with_its_block() -> None:
    with serving.running(_CRANE) as address:
        assert serving.answers(address)

    assert not serving.answers(address)


def test_a_program_that_serves_nothing_is_an_error() -> None:
    with (
        pytest.raises(RuntimeError, match="serves no registry"),
        serving.running("/bin/false"),
    ):
        pytest.fail("the block must not run")
