"""Tests of where settings come from."""

import pytest

from services.fastapi_ml.settings import Settings


def test_defaults_serve_a_developer() -> None:
    got = Settings.read([], {"XDG_STATE_HOME": "/state"})

    assert got == Settings(
        database_url="sqlite:////state/monorepo/jobs.sqlite3",
        queue_url="disk:///state/monorepo/queue",
        host="127.0.0.1",
        port=8000,
    )


def test_variables_replace_defaults() -> None:
    got = Settings.read([], {"FASTAPI_ML_PORT": "8001", "FASTAPI_ML_HOST": "0.0.0.0"})

    assert (got.host, got.port) == ("0.0.0.0", 8001)


def test_flags_replace_variables() -> None:
    got = Settings.read(["--port", "8002"], {"FASTAPI_ML_PORT": "8001"})

    assert got.port == 8002


def test_wrong_variable_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        Settings.read([], {"FASTAPI_ML_PORT": "eighty"})

    assert "argument --port: invalid int value: 'eighty'" in capsys.readouterr().err
