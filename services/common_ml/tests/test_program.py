"""Tests of what a person is told whose worker can't start."""

import importlib
import signal
import socket
from collections.abc import Iterator

import pytest

from libs.ml import classifier
from libs.ml.model_file import ModelError
from services.common_ml import program


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Put back the handlers of signals that the program sets."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def _told(argv: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one thing that a worker says which fails at its start."""
    assert program.main(["--queue-url", "memory://", *argv]) == 1
    out, errors = capsys.readouterr()
    assert not out
    return errors


def test_url_that_names_no_queue(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        program.main(["--queue-url", "carrier://pigeon"])

    error = capsys.readouterr().err
    assert error.startswith("common_ml: error: --queue-url (COMMON_ML_QUEUE_URL): ")


def test_damaged_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load() -> None:
        raise ModelError("digits.npz is truncated or altered.")

    monkeypatch.setattr(classifier, "load", load)

    told = _told([], capsys)

    assert told == "common_ml can't start: digits.npz is truncated or altered.\n"


def test_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = _told(["--health-port", str(port)], capsys)

    assert told == (
        f"common_ml can't listen on 127.0.0.1:{port}: Address already in use. "
        "Fix: choose another port by --health-port.\n"
    )


def test_empty_queue_ends_a_worker_that_runs_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    argv = ["--queue-url", "memory://", "--health-port", "0", "--once"]

    assert program.main(argv) == 0
    assert capsys.readouterr().out.startswith("common_ml works; its health is at ")


def test_a_signal_that_comes_while_it_is_imported_ends_it() -> None:
    importlib.import_module("services.common_ml.__main__")

    for number in (signal.SIGINT, signal.SIGTERM):
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(number)
        assert ended.value.code == 0
