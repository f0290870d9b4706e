"""Reads what the repository has decided, in `settings.bzl` of the root."""

import ast
import functools
from collections.abc import Mapping
from pathlib import Path

SETTINGS = Path(__file__).parents[2] / "settings.bzl"


def read_projects(text: str) -> dict[str, str]:
    """Return what a text of settings says of top folders: what a project in each is."""
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="PROJECTS")], value=value):
                return {
                    str(top): str(of) for top, of in ast.literal_eval(value).items()
                }
    raise ValueError(
        f"{SETTINGS.name}: names no PROJECTS.\nFix: git checkout {SETTINGS.name}"
    )


@functools.cache
def projects() -> Mapping[str, str]:
    """Return the top folders that hold a project per folder, each with what a project there is."""
    return read_projects(SETTINGS.read_text(encoding="utf-8"))


def folders(kind: str) -> list[str]:
    """Return the top folders of a kind of project: `library`, `service` or `tool`."""
    return [top for top, found in projects().items() if found == kind]


def kind_of(package: str) -> str:
    """Return the kind of project that a package or file lies in; nothing where in none."""
    top, _, name = package.partition("/")
    return projects().get(top, "") if name else ""


def together() -> list[str]:
    """Return where tests of several services lie: they may see each, and none may run them."""
    return [f"{top}/tests" for top in folders("service")]
