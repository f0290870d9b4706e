"""The options by which the build names the lock's archive and the settings."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the paths."""
    parser.addoption("--seed", default="", help="the lock's archive")
