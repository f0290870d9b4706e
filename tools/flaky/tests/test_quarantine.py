"""Tests of the quarantine's form and end."""

import json
from datetime import date
from pathlib import Path

import pytest

from tools.flaky import __main__ as command
from tools.flaky import quarantine

GOOD = {
    "case": "libs/x/tests/test_a.py::test_b",
    "owner": "@acme/x",
    "reason": "the broker is slow",
    "issue": "https://example.com/7",
    "since": "2026-11-28",
    "expires": "2026-12-12",
}


def found(folder: Path, *entries: dict[str, str]) -> list[str]:
    """Return what the program reports."""
    (folder / "quarantine").write_text(json.dumps(entries))
    (folder / "files").write_text("README.md\nlibs/x/tests/test_a.py\n")
    words = [f"--{name}={folder / name}" for name in ("quarantine", "files", "report")]
    quarantine.main(words)
    lines = (folder / "report").read_text().splitlines()
    return [json.loads(line)["text"] for line in lines]


def test_entry_with_all_that_it_needs_is_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD) == []
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"owner": " "}, "has an empty owner."),
        ({"case": "libs/x/tests/test_gone.py::test_b"}, "file that isn't there"),
        ({"expires": "2026-12-13"}, "holds 15 days; wanted 1 to 14."),
        ({"expires": "2026-11-28"}, "holds 0 days"),
        ({"since": "soon"}, "has a date that is none"),
        ({"retries": "3"}, "retries"),
    ],
)
def test_entry_that_lacks_something_is_a_finding(
    tmp_path: Path, change: dict[str, str], wanted: str
) -> None:
    (text,) = found(tmp_path, GOOD | change)

    assert wanted in text


def test_entry_is_over_after_its_last_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "quarantine"
    file.write_text(json.dumps([GOOD]))
    words = ["--expired", f"--quarantine={file}"]

    assert command.main([*words, "--today=2026-12-12"]) == 0
    assert command.main([*words, "--today=2026-12-13"]) == 1
    assert "over since 2026-12-12, @acme/x" in capsys.readouterr().out
    assert quarantine.expired([], date(2026, 1, 1)) == []
