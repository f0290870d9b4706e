"""Finds the settings by which pytest runs a project's tests."""

import configparser
import shlex
from pathlib import Path

from tools.adopt.workspace import toml_of
from tools.lock.manifests import PYPROJECT, SETUP, Table

# Where pytest looks for its settings, in its order, and the section of each.
SETTINGS = {
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    PYPROJECT: "tool.pytest",
    "tox.ini": "pytest",
    SETUP: "tool:pytest",
}
# Options whose paths begin at the folder that the settings lie in.
OF_PATHS = ("norecursedirs", "pythonpath", "testpaths")


def pytest_table(source: Path) -> tuple[str, Table]:
    """Return the file that has a project's pytest settings, or is to have them, and these."""
    for name, section in SETTINGS.items():
        if name == PYPROJECT:
            table = toml_of(source).get("tool", {}).get("pytest", {})
            found = table.get("ini_options", table)
        else:
            parser = configparser.RawConfigParser(strict=False)
            parser.read(source / name, encoding="utf-8")
            found = dict(parser[section]) if parser.has_section(section) else None
        if found:
            return name, found
    return (PYPROJECT if (source / PYPROJECT).is_file() else "pytest.ini"), {}


def words_of(table: Table, option: str = "addopts") -> list[str]:
    """Return the words of an option of pytest in its settings; the arguments for pytest unless another is named."""
    words = table.get(option, "")
    return words.split() if isinstance(words, str) else words


def as_ini(table: Table) -> str:
    """Return settings of pytest as a pytest.ini has them, without those of paths."""
    lines = ["[pytest]"]
    for name, value in table.items():
        if name in OF_PATHS:
            continue
        text = str(value)
        if isinstance(value, list):
            inside = shlex.join(value), "".join(f"\n    {line}" for line in value)
            text = inside[name != "addopts"]
        lines.append(f"{name} = {text}")
    return "\n".join(lines) + "\n"
