"""Tests of newproject."""

import urllib.request
from threading import Event

import pytest

from tools.scaffold.templates.worker.__main__ import main
from tools.scaffold.templates.worker.health import serving
from tools.scaffold.templates.worker.worker import run


def test_rounds_go_on_after_one_that_fails() -> None:
    stop, rounds = Event(), []

    def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise ValueError("the first one fails")
        stop.set()

    run(stop, 0.01, work)

    assert rounds == [0, 1]


def test_health_is_answered() -> None:
    with serving("127.0.0.1", 0) as port:
        address = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            assert answer.read() == b"ok\n"


def test_a_wrong_setting_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWPROJECT_SECONDS", "x")

    assert main() == 2

    assert "seconds" in capsys.readouterr().err
