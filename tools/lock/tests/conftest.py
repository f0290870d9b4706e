"""A small repository, and an index that has what it asks for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.lock import update
from tools.lock.tests.index import Index, serve
from tools.lock.tests.repository import Repository


@pytest.fixture
def index() -> Index:
    return Index()


@pytest.fixture
def repository(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Repository]:
    """Give a repository whose update reaches the index and nothing else."""
    uv = next(it for it in os.environ["UV_FILES"].split() if it.endswith("/uv"))
    program = Path(uv).absolute()
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(update, "find_uv", lambda root, scratch: program)
    monkeypatch.setattr(update, "update_map", lambda root: None)
    root = tmp_path / "repository"
    root.mkdir()
    with serve(index) as address:
        for name, value in {
            "BUILD_WORKSPACE_DIRECTORY": str(root),
            "HOME": str(tmp_path),
            "PIP_CONFIG_FILE": os.devnull,
            "UV_CACHE_DIR": str(tmp_path / "cache"),
            "UV_DEFAULT_INDEX": address,
            "UV_HTTP_RETRIES": "0",
        }.items():
            monkeypatch.setenv(name, value)
        yield Repository(root, index)
