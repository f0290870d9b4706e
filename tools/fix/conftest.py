"""The options by which the build names the programs."""

from argparse import Namespace

import pytest

from tools.fix.programs import Programs, read_programs

NAMES = ("ruff", "buildifier", "buildozer")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the programs' paths."""
    for name in NAMES:
        parser.addoption(
            f"--{name}", default="", help="the program, or its distribution"
        )


@pytest.fixture
def programs(request: pytest.FixtureRequest) -> Programs:
    """Return the programs that the build brings along."""
    found = {name: request.config.getoption(f"--{name}") for name in NAMES}
    return read_programs(Namespace(**found))
