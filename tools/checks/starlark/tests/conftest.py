"""The option by which the build names buildifier."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take buildifier's path."""
    parser.addoption("--buildifier", default="", help="the program")
