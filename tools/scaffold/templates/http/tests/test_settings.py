"""Tests of the settings of newproject."""

import pytest

from tools.scaffold.templates.http.__main__ import main
from tools.scaffold.templates.http.settings import Settings


def test_variables_set_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWPROJECT_PORT", "8001")

    assert Settings().port == 8001


def test_a_wrong_setting_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWPROJECT_PORT", "x")

    assert main() == 2

    assert "port" in capsys.readouterr().err
