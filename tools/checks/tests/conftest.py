"""The option by which the build names ruff."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ruff's path."""
    parser.addoption("--ruff", default="", help="the files of ruff's distribution")
