"""Tests of where the worker's settings come from."""

import pytest

from services.common_ml.settings import Settings


def test_defaults_share_the_queue_of_a_developers_api(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")

    assert Settings.read([]) == Settings(queue_url="disk:///state/monorepo/queue")


def test_flags_replace_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_ML_HEALTH_PORT", "9001")

    got = Settings.read(["--once", "--health-port", "9002"])

    assert (got.once, got.health_port) == (True, 9002)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("HEALTH_PORT", "eighty", "valid integer"),
        ("HEALTH_PORT", "65536", "less than or equal to 65535"),
        ("STOP_SECONDS", "soon", "valid number"),
        ("STOP_SECONDS", "-1", "greater than or equal to 0"),
        ("QUEUE_URL", "amqp://", "names no host"),
        ("HEALTH_PROT", "9001", "COMMON_ML_HEALTH_PROT is no setting"),
    ],
)
def test_variable_that_cant_be_is_refused(
    name: str,
    value: str,
    wanted: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(f"COMMON_ML_{name}", value)

    with pytest.raises(SystemExit, match="2"):
        Settings.read([])

    error = capsys.readouterr().err
    assert f"COMMON_ML_{name}" in error
    assert wanted in error


def test_level_may_be_written_small() -> None:
    assert Settings.read(["--log-level", "debug"]).log_level == "DEBUG"
