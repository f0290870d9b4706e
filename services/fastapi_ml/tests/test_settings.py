"""Tests of where settings come from, and of what is said of wrong ones."""

from pathlib import Path

import pytest

from services.fastapi_ml.settings import Settings


@pytest.fixture(autouse=True)
def _state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    # `bazel run` of this test sets it.
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)


def test_defaults_serve_a_developer() -> None:
    got = Settings.read([])

    assert got.database_url == "sqlite:////state/monorepo/jobs.sqlite3"
    assert got.queue_url == "disk:///state/monorepo/queue"
    assert (got.host, got.port, got.job_days) == ("127.0.0.1", 8000, 7.0)


def test_without_a_state_folder_the_home_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "")
    monkeypatch.setenv("HOME", "/home/me")

    got = Settings.read([]).queue_url

    assert got == f"disk://{Path('/home/me/.local/state/monorepo/queue')}"


def test_what_bazel_run_starts_keeps_its_state_in_the_clone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", "/home/me/clone")

    got = Settings.read([])

    assert got.queue_url == "disk:///home/me/clone/.cache/state/queue"
    assert got.database_url == "sqlite:////home/me/clone/.cache/state/jobs.sqlite3"


def test_variables_replace_defaults_and_flags_replace_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FASTAPI_ML_PORT", "8001")
    monkeypatch.setenv("FASTAPI_ML_HOST", "0.0.0.0")

    got = Settings.read(["--port", "8002"])

    assert (got.host, got.port) == ("0.0.0.0", 8002)


def test_what_kubernetes_tells_of_a_service_of_this_name_is_no_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FASTAPI_ML_SERVICE_PORT_HTTP", "8000")
    monkeypatch.setenv("FASTAPI_ML_PORT_8000_TCP_ADDR", "10.0.0.1")

    assert Settings.read([]).port == 8000


def test_wrong_variables_are_named_all_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FASTAPI_ML_PORT", "eighty")
    monkeypatch.setenv("FASTAPI_ML_QUEUE_ULR", "amqp://u:secret@host/")

    with pytest.raises(SystemExit, match="2"):
        Settings.read([])

    assert capsys.readouterr().err == (
        "fastapi_ml: error: FASTAPI_ML_QUEUE_ULR is no setting; did you mean FASTAPI_ML_QUEUE_URL?\n"
        "fastapi_ml: error: --port (FASTAPI_ML_PORT) is 'eighty': "
        "Input should be a valid integer, unable to parse string as an integer\n"
        "Fix: fastapi_ml --help lists what can be set.\n"
    )


@pytest.mark.parametrize(
    ("flag", "value", "wanted"),
    [
        ("--port", "65536", "less than or equal to 65535"),
        ("--max-body-bytes", "0", "greater than or equal to 1"),
        ("--job-attempts", "many", "valid integer"),
        ("--job-seconds", "nan", "finite number"),
        ("--job-seconds", "a minute", "valid number"),
        ("--job-days", "-1", "greater than 0"),
        ("--log-level", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ],
)
def test_value_that_cant_be_is_refused(
    flag: str, value: str, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        Settings.read([flag, value])

    error = capsys.readouterr().err
    assert f"{flag} (FASTAPI_ML_" in error
    assert f" is '{value}': " in error
    assert wanted in error


@pytest.mark.parametrize(
    ("flag", "url", "reason"),
    [
        ("--queue-url", "redis://u:secret@x", '"redis://" with this path names no'),
        ("--queue-url", "amqp://u:secret@x?unknown=1", "?unknown= is unknown"),
        ("--queue-url", "amqp://u:secret@x:99999/", "no number from 1 to 65535"),
        ("--database-url", "mysql://u:secret@x", 'the database is "mysql"'),
        ("--database-url", "secret", "the database's URL can't be read"),
        ("--database-url", "sqlite://secret/path", "with three slashes or four"),
        ("--database-url", "sqlite://", "with three slashes or four"),
        ("--database-url", "sqlite:///x?secret=1", "with three slashes or four"),
        ("--database-url", "postgresql://u:secret@h:x/", "URL can't be read"),
        ("--database-url", "postgresql://u:secret@h:99999/", "1 to 65535"),
        ("--database-url", "postgresql://u:secret@h:0/", "1 to 65535"),
        ("--database-url", "postgresql://u:secret@h/d?unknown=1", '"unknown"'),
    ],
)
def test_url_that_cant_be_is_refused_without_its_password(
    flag: str, url: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        Settings.read([flag, url])

    error = capsys.readouterr().err
    assert error.startswith(f"fastapi_ml: error: {flag} (FASTAPI_ML_")
    assert reason in error
    assert "secret" not in error


def test_level_may_be_written_small() -> None:
    assert Settings.read(["--log-level", "debug"]).log_level == "DEBUG"
