"""Tests of newproject."""

import pytest

from tools.scaffold.templates.tool.__main__ import main


def test_somebody_is_greeted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["Ada"]) == 0

    assert capsys.readouterr().out == "Hello, Ada!\n"
