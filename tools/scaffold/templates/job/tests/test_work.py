"""Tests of newproject."""

import pytest

from tools.scaffold.templates.job.__main__ import main
from tools.scaffold.templates.job.work import work


def test_work_is_done() -> None:
    assert work(3) == 3


def test_a_wrong_setting_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWPROJECT_TIMES", "x")

    assert main() == 2

    assert "times" in capsys.readouterr().err


def test_it_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWPROJECT_TIMES", "2")

    assert main() == 0
