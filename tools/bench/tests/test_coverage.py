"""Tests that what is measured is done."""

import pytest

from tools.bench import coverage


def test_every_figure_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage.main(["4", "120", "2"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "output generator, a test",
        "reading, a test",
        "analysis",
        "analysis, nothing changed",
        "writing lcov",
        "writing data",
        "page",
        "page, nothing changed",
        "index in Chromium",
        "index in Chromium, its own work",
    ]
