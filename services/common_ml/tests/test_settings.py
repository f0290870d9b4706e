"""Tests of where the worker's settings come from."""

import pytest

from services.common_ml.settings import Settings


def test_defaults_share_the_queue_of_a_developers_api() -> None:
    got = Settings.read([], {"XDG_STATE_HOME": "/state"})

    assert got == Settings(queue_url="disk:///state/monorepo/queue")


def test_flags_replace_variables() -> None:
    got = Settings.read(
        ["--once", "--health-port", "9002"], {"COMMON_ML_HEALTH_PORT": "9001"}
    )

    assert (got.once, got.health_port) == (True, 9002)


def test_wrong_variable_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        Settings.read([], {"COMMON_ML_HEALTH_PORT": "eighty"})

    wanted = "argument --health-port: 'eighty' is no port, wanted 0 to 65535"
    assert wanted in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flag", "value", "wanted"),
    [
        ("--log-level", "LOUD", "level, wanted DEBUG, INFO, WARNING, ERROR"),
        ("--health-port", "65536", "port, wanted 0 to 65535"),
        ("--stop-seconds", "soon", "number of seconds, wanted 0 or more"),
        ("--stop-seconds", "-1", "number of seconds, wanted 0 or more"),
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
