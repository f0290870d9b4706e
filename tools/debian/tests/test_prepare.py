"""Tests of what a preparation checks and clears up."""

import os
from pathlib import Path

import pytest

from tools.debian import prepare
from tools.debian.root.problems import PreparationError

DAY = 24 * 3600


def test_too_little_room_is_told_in_figures(tmp_path: Path) -> None:
    with pytest.raises(PreparationError) as caught:
        prepare.check_room(tmp_path, 1 << 60)

    assert caught.value.found.endswith(f"MB free, wanted {1 << 40} MB.")
    assert "XDG_CACHE_HOME" in caught.value.fix


def test_enough_room_is_no_error(tmp_path: Path) -> None:
    prepare.check_room(tmp_path, 1)


def test_roots_unused_for_a_month_are_found(tmp_path: Path) -> None:
    for name, age in (
        ("debian-new", 0),
        ("debian-old", 40),
        ("debian-recent", 20),
        ("else", 40),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "used").touch()
        os.utime(tmp_path / name / "used", (0, 1e9 - age * DAY))

    got = prepare.unused_roots(tmp_path / "debian-new", 1e9)

    assert got == [tmp_path / "debian-old"]
