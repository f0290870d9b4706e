"""The workspace that tests of //:up take."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.up.tests.shop import Workspace
from tools.workspace.fake_bazel import FakeBazel


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    root = tmp_path / "a workspace"
    root.mkdir()
    workspace = Workspace(FakeBazel(root), tmp_path / "log")
    workspace.install()
    yield workspace
    if workspace.process:
        workspace.process.terminate()
        workspace.process.wait(60)
