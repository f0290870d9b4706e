"""Says, before anything is written, what becomes of a project that moves in."""

import configparser
import re
import tomllib
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tools.adopt.demands import Demands, Imports, demanded
from tools.adopt.layout import Layout, files_of, imported_tops, read_layout
from tools.lock.manifests import (
    PACKED,
    PYPROJECT,
    REQUIREMENTS,
    SETUP,
    Manifest,
    read_manifest,
)
from tools.scaffold.projects import RefusedError
from tools.workspace.git import GitError, git

# Where pytest looks for its settings, in its order, and the section of each.
SETTINGS = {
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    PYPROJECT: "tool.pytest",
    "tox.ini": "pytest",
    SETUP: "tool:pytest",
}
# Tables and files whose settings the repository's own stand for.
TOOLS = ("black", "coverage", "flake8", "isort", "mypy", "pylint", "pyright", "ruff")
FILES = (
    ".coveragerc",
    ".flake8",
    ".ruff.toml",
    "mypy.ini",
    "pyrightconfig.json",
    "ruff.toml",
)
UNKNOWN = "0"
_MARK = re.compile(rb"\bmark\.(\w+)")


@dataclass(frozen=True)
class Plan:
    """What becomes of one project."""

    source: Path
    """Where it is now."""
    folder: str
    """Where it goes, from the root."""
    manifest: Manifest
    layout: Layout
    settings: str
    """The file of its pytest settings; one that isn't there is to be written."""
    words: Sequence[str]
    """The arguments for pytest in them, and the marks of the tests."""
    demands: Demands
    described_by: set[str]
    """The files by which it can be taken for an installed project."""
    version: str
    """Its version, where these leave that to a build tool."""
    version_file: str
    """The module that a build tool writes the version to, if one does."""
    unheeded: Sequence[str] = ()
    """Settings of its own that nothing here reads."""


@contextmanager
def reading(source: Path) -> Generator[None]:
    """Refuse a project whose files can't be read.

    Raises:
        RefusedError: they can't.
    """
    try:
        yield
    except (OSError, ValueError, configparser.Error) as error:
        raise RefusedError(f"{source}: {error}\nFix: correct that there.") from None


def _toml(source: Path) -> dict[str, Any]:
    """Return what a project's pyproject.toml holds; nothing where it has none."""
    file = source / PYPROJECT
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def members_of(path: Path) -> list[Path]:
    """Return the folders of the projects at a path: a workspace of uv has several."""
    data = _toml(path)
    workspace = data.get("tool", {}).get("uv", {}).get("workspace", {})
    listed = [p for pattern in workspace.get("members", []) for p in path.glob(pattern)]
    excluded = [
        p for pattern in workspace.get("exclude", []) for p in path.glob(pattern)
    ]
    members = {p for p in listed if (p / PYPROJECT).exists()} - {*excluded}
    own = [path] if "project" in data or not members else []
    return own + sorted(members)


def name_of(source: Path) -> str:
    """Return the name of a project, as it says or as its folder is called."""
    return read(source).name or source.name


def version_file_of(source: Path) -> str:
    """Return the file that hatch-vcs or setuptools-scm would write; nothing where none."""
    tool = _toml(source).get("tool", {})
    hooks = tool.get("hatch", {}).get("build", {}).get("hooks", {})
    scm = tool.get("setuptools_scm", {})
    named = (hooks.get("vcs", {}).get("version-file"), scm.get("version_file"))
    return str(next(filter(None, [*named, scm.get("write_to")]), ""))


def tag_of(source: Path) -> str:
    """Return the version that git knows of a project: its last tag."""
    try:
        return git(source, "describe", "--tags", "--abbrev=0").strip().lstrip("v")
    except GitError:
        return ""


def read(source: Path, names: Collection[str] = ()) -> Manifest:
    """Return what a project says of itself, in some of its files or in all."""
    found = [*source.iterdir(), *source.glob("requirements/*")]
    paths = sorted(path.relative_to(source).as_posix() for path in found)
    lists = [path for path in paths if REQUIREMENTS.match(path)]
    there = [n for n in names or [PYPROJECT, SETUP, PACKED, *lists] if n in paths]
    return read_manifest({name: (source / name).read_text("utf-8") for name in there})


def make_plan(source: Path, folder: str, own: Collection[str]) -> Plan:
    """Return what becomes of a project.

    Args:
        source: where it is.
        folder: where it goes.
        own: the names of the projects that are first-party.

    Raises:
        RefusedError: none of its files is Python.
    """
    manifest = read(source)
    manifest.name = manifest.name or source.name
    is_here = source.as_posix().endswith(f"/{folder}")
    layout = read_layout(source, manifest.name, files_of(source, is_here=is_here))
    if not layout.sources:
        raise RefusedError(
            f"{source}: found neither src, nor a folder with __init__.py, nor tests.\n"
            "Fix: name the folder of a Python project."
        )
    settings, options = pytest_settings(source)
    texts = [(source / path).read_bytes() for path in layout.sources]
    # The mark of a plugin, as anyio's, is all that some tests say of it.
    marks = {word.decode() for text in texts for word in _MARK.findall(text)}
    words = [*options, *sorted(marks)]
    imports = Imports(
        named=marks.union(*map(imported_tops, texts)),
        needed={top for t in texts for top in imported_tops(t, is_needed=True)},
    )
    others = {canonicalize_name(name) for name in {*own, manifest.name}}
    described_by = {n for n in (PYPROJECT, SETUP) if read(source, [n]).name}
    described_by = described_by or {n for n in (PACKED,) if read(source, [n]).name}
    is_said = not described_by or bool(read(source, described_by).version)
    return Plan(
        source=source,
        folder=folder,
        manifest=manifest,
        layout=layout,
        settings=settings,
        words=words,
        demands=demanded(manifest, imports, words, others),
        described_by=described_by,
        version="" if is_said else manifest.version or tag_of(source) or UNKNOWN,
        version_file=version_file_of(source),
        unheeded=list(_unheeded(source)),
    )


def pytest_settings(source: Path) -> tuple[str, list[str]]:
    """Return the name of the file that has a project's pytest settings, and its arguments for pytest."""
    for name, section in SETTINGS.items():
        if name == PYPROJECT:
            table = _toml(source).get("tool", {}).get("pytest", {})
            found = table.get("ini_options", table)
        else:
            parser = configparser.RawConfigParser(strict=False)
            parser.read(source / name, encoding="utf-8")
            found = parser[section] if parser.has_section(section) else None
        if found:
            options = found.get("addopts", "")
            return name, options.split() if isinstance(options, str) else options
    return (PYPROJECT if (source / PYPROJECT).is_file() else "pytest.ini"), []


def _unheeded(source: Path) -> list[str]:
    """Return the settings of a project that nothing here reads."""
    tables = _toml(source).get("tool", {})
    found = [f"[tool.{name}] of {PYPROJECT}" for name in TOOLS if name in tables]
    return found + [name for name in FILES if (source / name).is_file()]
