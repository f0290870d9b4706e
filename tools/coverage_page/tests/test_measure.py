"""Tests that what is measured is done."""

import pytest

from tools.coverage_page import measure


def test_every_figure_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure.main(["4", "120", "2"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "output generator, a test",
        "reading, a test",
        "whole report",
        "writing lcov",
        "page",
        "page, nothing changed",
        "index in Chromium",
        "index in Chromium, its own work",
    ]
