"""The fixtures of these tests."""

from pathlib import Path

import pytest

from tools.debian.tests.machine import Machine, make_machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with the programs, nothing prepared, and no Bazel."""
    return make_machine(tmp_path)
