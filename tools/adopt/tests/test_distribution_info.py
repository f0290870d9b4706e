"""Tests that a project is known as if it were installed."""

from importlib.metadata import metadata

import price_list


def test_its_metadata_is_found() -> None:
    assert price_list.__version__ == "1.2"
    assert metadata("price_list")["Summary"] == "Is installed for a test."
