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

    assert "argument --health-port: invalid int value: 'eighty'" in (
        capsys.readouterr().err
    )
