"""Finds the projects that move in together: members of a workspace, and path dependencies."""

import tomllib
from pathlib import Path
from typing import Any

from tools.lock.manifests import PYPROJECT


def toml_of(source: Path) -> dict[str, Any]:
    """Return what a project's pyproject.toml holds; nothing where it has none."""
    file = source / PYPROJECT
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def members_of(path: Path) -> list[Path]:
    """Return the folders of the projects at a path: a workspace of uv has several, and so have path dependencies."""
    data = toml_of(path)
    workspace = data.get("tool", {}).get("uv", {}).get("workspace", {})
    listed = [p for pattern in workspace.get("members", []) for p in path.glob(pattern)]
    excluded = [
        p for pattern in workspace.get("exclude", []) for p in path.glob(pattern)
    ]
    members = {p for p in listed if (p / PYPROJECT).exists()} - {*excluded}
    found = {path} if "project" in data or not members else set()
    todo = [*members, path]
    while todo:
        member = todo.pop()
        beside = set(path_dependencies(member)) - found
        found |= beside
        todo += beside
    return sorted(found | members, key=lambda member: (member != path, member))


def path_dependencies(source: Path) -> list[Path]:
    """Return the folders of the projects that one takes from beside it, by the settings of uv or poetry."""
    tool = toml_of(source).get("tool", {})
    poetry = tool.get("poetry", {}).get("dependencies", {})
    tables = [*tool.get("uv", {}).get("sources", {}).values(), *poetry.values()]
    named = [table["path"] for table in tables if "path" in _table(table)]
    folders = [(source / name).resolve() for name in named]
    return [folder for folder in folders if (folder / PYPROJECT).is_file()]


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def workspace_of(source: Path) -> Path | None:
    """Return the folder of the workspace that a project is a member of."""
    above = (f for f in source.parents if (f / PYPROJECT).is_file())
    return next((f for f in above if source in members_of(f)), None)
