"""A work tree to fix."""

from pathlib import Path

import pytest

from tools.fix.programs import Programs
from tools.fix.tests.repositories import Repository


@pytest.fixture
def repository(
    tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> Repository:
    """Return an empty repository that the command fixes."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    return Repository(tmp_path, programs)
