"""The options by which the build names ruff and buildifier."""

from pathlib import Path

import pytest

from tools.checks.mend.worktree import Programs


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the programs' paths."""
    parser.addoption("--ruff", default="", help="the files of ruff's distribution")
    parser.addoption("--buildifier", default="", help="the program")


@pytest.fixture
def programs(request: pytest.FixtureRequest) -> Programs:
    """Return the programs that the build brings along."""
    files = request.config.getoption("--ruff").split()
    (ruff,) = (path for path in files if Path(path).name == "ruff")
    buildifier = Path(request.config.getoption("--buildifier"))
    return Programs(Path(ruff).absolute(), buildifier.absolute())
