"""The options by which the build names ruff and buildifier."""

from argparse import Namespace

import pytest

from tools.checks.mend.worktree import Programs, read_programs


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the programs' paths."""
    parser.addoption("--ruff", default="", help="the files of ruff's distribution")
    parser.addoption("--buildifier", default="", help="the program")


@pytest.fixture
def programs(request: pytest.FixtureRequest) -> Programs:
    """Return the programs that the build brings along."""
    option = request.config.getoption
    return read_programs(
        Namespace(ruff=option("--ruff").split(), buildifier=option("--buildifier"))
    )
