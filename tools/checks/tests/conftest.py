"""The options by which the build names the checkers."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the paths of ruff and Pyrefly."""
    parser.addoption("--ruff", default="", help="the files of ruff's distribution")
    parser.addoption("--pyrefly", default="", help="those of Pyrefly's")
