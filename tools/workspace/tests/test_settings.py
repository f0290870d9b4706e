"""Tests of what the repository has decided."""

import tomllib
from pathlib import Path

import pytest

from tools.workspace.settings import (
    folders,
    kind_of,
    projects,
    read_projects,
    together,
)


def test_imports_are_sorted_by_the_same_folders() -> None:
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))

    first_party = settings["tool"]["ruff"]["lint"]["isort"]["known-first-party"]
    assert sorted(first_party) == sorted(projects()), (
        "pyproject.toml: known-first-party differs from PROJECTS in settings.bzl.\n"
        f"Fix: known-first-party = {sorted(projects())}"
    )


def test_projects_are_read_past_what_else_is_decided() -> None:
    text = 'LICENCE = "MIT"\nPROJECTS = {\n    "apps": "service",  # and more\n}\n'

    assert read_projects(text) == {"apps": "service"}
    with pytest.raises(ValueError, match=r"settings.bzl: names no PROJECTS"):
        read_projects('LICENCE = "MIT"\n')


def test_kind_is_that_of_the_top_folder() -> None:
    (tool,) = folders("tool")

    assert kind_of(f"{tool}/x/tests") == "tool"
    assert kind_of(tool) == ""
    assert kind_of("docs/x.md") == ""
    assert together() == [f"{top}/tests" for top in folders("service")]
