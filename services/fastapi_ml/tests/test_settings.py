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

    wanted = "argument --port: 'eighty' is no port, wanted 0 to 65535"
    assert wanted in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flag", "value", "wanted"),
    [
        ("--log-level", "LOUD", "level, wanted DEBUG, INFO, WARNING, ERROR"),
        ("--port", "65536", "port, wanted 0 to 65535"),
        ("--max-body-bytes", "0", "number, wanted 1 or more"),
        ("--job-attempts", "many", "number, wanted 1 or more"),
        ("--job-seconds", "nan", "span of time, wanted more than 0"),
        ("--job-seconds", "a minute", "span of time, wanted more than 0"),
        ("--job-days", "-1", "span of time, wanted more than 0"),
    ],
)
def test_value_that_cant_be_is_refused(
    flag: str, value: str, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        Settings.read([flag, value], {})

    assert f"argument {flag}: '{value}' is no {wanted}\n" in capsys.readouterr().err


def test_level_may_be_written_small() -> None:
    assert Settings.read(["--log-level", "debug"], {}).log_level == "DEBUG"
