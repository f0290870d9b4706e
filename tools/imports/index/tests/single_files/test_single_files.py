"""Tests that a distribution of single files is indexed as one of a directory is."""

from pathlib import Path

FOLDER = Path(__file__).parent


def test_modules_of_both_targets_are_in_the_map() -> None:
    lines = (FOLDER / "map.txt").read_text().splitlines()

    assert [line for line in lines if not line.startswith("#")] == [
        "layout_sample @pip//layout_sample",
        "layout_space @pip//layout_sample",
    ]
