"""The programs that BUILD files are edited with, as the build names them, and a repository to move into."""

from pathlib import Path

import pytest

from tools.fix.conftest import programs, pytest_addoption
from tools.fix.programs import Programs
from tools.fix.tests.repositories import Repository
from tools.workspace.fake_bazel import FakeBazel

__all__ = ["programs", "pytest_addoption", "repository"]
README = "| folder | holds |\n|---|---|\n| `libs/ml` | models |\n| `tools/` | tools |\n"


@pytest.fixture
def repository(
    tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> Repository:
    """Return a repository that projects move into."""
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(root))
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(root))
    found = Repository(root, programs)
    found.write(
        {"README.md": README, "requirements.in": "pytest\n", ".gitignore": "answer\n"}
    )
    FakeBazel(root, {"findings": {}}).install()
    found.commit()
    return found
