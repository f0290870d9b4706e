"""Says, before anything is written, what becomes of a project that moves in."""

import configparser
import re
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.adopt.demands import Demands, Imports, demanded
from tools.adopt.layout import Layout, files_of, imported_tops, read_layout
from tools.adopt.pytest_settings import as_ini, pytest_table, words_of
from tools.adopt.setup_program import PROGRAM, as_toml, tables_of, worked_out
from tools.adopt.workspace import toml_of, workspace_of
from tools.build_files.pytest_files import TEST_FOLDERS, PytestFiles
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
# Modules that may say a version, and how.
VERSIONS = (
    "__about__.py",
    "__init__.py",
    "__version__.py",
    "_version.py",
    "version.py",
)
_VERSION = re.compile(
    r"""^__version__\s*(?::\s*\w+\s*)?=\s*["']([^"'\s]+)["']""", re.MULTILINE
)
_QUOTED = re.compile(rb"""["']([A-Za-z][\w.-]*)["']""")
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
    settings_text: str
    """What such a file holds: the settings of the workspace that it was in."""
    words: Sequence[str]
    """The arguments for pytest in them, and the marks of the tests."""
    demands: Demands
    described_by: set[str]
    """The files by which it can be taken for an installed project."""
    described: Manifest
    """What these say, which may be less than all that is known: the rest is a build tool's."""
    version: str
    """Its version, where these leave that to a build tool."""
    version_file: str
    """The module that a build tool writes the version to, if one does."""
    metadata: str = ""
    """What its pyproject.toml lacks of it and a setup.py says."""
    unknown: Sequence[str] = ()
    """The keys of that which the setup.py works out."""
    unheeded: Sequence[str] = ()
    """Settings of its own that nothing here reads."""
    passed_over: Sequence[str] = ()
    """Files of tests in folders that its settings keep pytest from."""

    @property
    def names(self) -> list[str]:
        """The names by which a test can start it: of console scripts, packages and modules."""
        packages, modules = self.layout.published
        scripts = self.manifest.entry_points.get("console_scripts", {})
        return [*packages, *modules, *scripts]


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


def manifest_of(source: Path) -> Manifest:
    """Return what a project says of itself; one without a name is called as its folder."""
    found = read(source)
    found.name = found.name or source.name
    return found


def version_file_of(source: Path) -> str:
    """Return the file that hatch-vcs or setuptools-scm would write; nothing where none."""
    tool = toml_of(source).get("tool", {})
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
    found = read_manifest({name: (source / name).read_text("utf-8") for name in there})
    if not names and PROGRAM in paths:
        tables = tables_of((source / PROGRAM).read_text("utf-8", "replace"))
        found.complete(read_manifest({PYPROJECT: as_toml(tables)}))
    return found


def version_said(source: Path, layout: Layout) -> str:
    """Return the version that a module at the top of a project says."""
    packages, modules = layout.published
    names = [f"{package}/{name}" for package in packages for name in VERSIONS]
    for name in [*names, *(f"{module}.py" for module in modules)]:
        file = source / layout.root / name
        text = file.read_text("utf-8", "replace") if file.is_file() else ""
        if found := _VERSION.search(text):
            return found[1]
    return ""


def metadata_of(source: Path, manifest: Manifest) -> tuple[str, list[str]]:
    """Return [project] as a setup.py says it, completed by all that is known; and the keys that stay unknown."""
    file = source / PROGRAM
    text = file.read_text("utf-8", "replace") if file.is_file() else ""
    tables = tables_of(text)
    if not tables:
        return "", []
    known = {
        "version": manifest.version,
        "description": manifest.summary,
        "requires-python": manifest.requires_python,
        "dependencies": [str(r) for r in manifest.requirements],
    }
    for key, value in known.items():
        if value:
            tables["project"].setdefault(key, value)
    unknown = [key for key in worked_out(text) if key not in tables["project"]]
    return as_toml(tables), unknown


def make_plan(
    source: Path,
    folder: str,
    own: Collection[Manifest],
    members: Collection[Path] = (),
) -> Plan:
    """Return what becomes of a project.

    Args:
        source: where it is.
        folder: where it goes.
        own: what the projects that are first-party say of themselves.
        members: the folders of all that move in with it.

    Raises:
        RefusedError: none of its files is Python.
    """
    manifest = manifest_of(source)
    layout = layout_of(source, folder, members)
    if not layout.sources:
        raise RefusedError(
            f"{source}: found neither src, nor a folder with __init__.py, nor tests.\n"
            "Fix: name the folder of a Python project."
        )
    settings, table = pytest_table(source)
    settings_text = "[pytest]\n"
    if workspace := workspace_of(source):
        # What its developers need, and how pytest runs, stands there once for all.
        groups = read(workspace).groups.items()
        manifest.groups |= {f"workspace {key}": group for key, group in groups}
        shared = pytest_table(workspace)[1]
        if shared and not table:
            settings, table = "pytest.ini", shared
            settings_text = as_ini(shared)
    texts = [(source / path).read_bytes() for path in layout.sources]
    # The mark of a plugin, as anyio's, is all that some tests say of it.
    marks = {word.decode() for text in texts for word in _MARK.findall(text)}
    words = [*words_of(table), *sorted(marks)]
    of_tests = [
        text
        for path, text in zip(layout.sources, texts, strict=True)
        if not TEST_FOLDERS.isdisjoint(path.split("/"))
    ]
    imports = Imports(
        named=marks.union(*map(imported_tops, texts)),
        needed={top for t in texts for top in imported_tops(t, is_needed=True)},
        quoted=frozenset(w.decode() for t in of_tests for w in _QUOTED.findall(t)),
    )
    described_by = {n for n in (PYPROJECT, SETUP) if read(source, [n]).name}
    described_by = described_by or {n for n in (PACKED,) if read(source, [n]).name}
    described = read(source, described_by) if described_by else Manifest()
    found = manifest.version or version_said(source, layout) or tag_of(source)
    metadata, unknown = "", []
    if described_by <= {PACKED}:
        manifest.version = found
        metadata, unknown = metadata_of(source, manifest)
    if metadata:
        # An archive says some of it in other words, such as an author and an address of a name with one.
        described_by, described = {PYPROJECT}, read_manifest({PYPROJECT: metadata})
    is_said = not described_by or bool(described.version)
    return Plan(
        source=source,
        folder=folder,
        manifest=manifest,
        layout=layout,
        settings=settings,
        settings_text=settings_text,
        words=words,
        demands=demanded(manifest, imports, words, own),
        described_by=described_by,
        described=described,
        version="" if is_said else found or UNKNOWN,
        metadata=metadata,
        unknown=unknown,
        version_file=version_file_of(source),
        unheeded=list(_unheeded(source)),
        passed_over=list(_passed_over(layout, words_of(table, "norecursedirs"))),
    )


def layout_of(source: Path, folder: str, members: Collection[Path]) -> Layout:
    """Return which files of a project move; those of the others that lie in its folder are theirs."""
    is_here = source.as_posix().endswith(f"/{folder}")
    inside = [
        f"{member.relative_to(source).as_posix()}/"
        for member in members
        if member != source and member.is_relative_to(source)
    ]
    files = files_of(source, is_here=is_here)
    own = [path for path in files if not path.startswith(tuple(inside))]
    layout = read_layout(source, manifest_of(source).name, own)
    layout.theirs += [path for path in files if path.startswith(tuple(inside))]
    return layout


def _passed_over(layout: Layout, patterns: Sequence[str]) -> Iterator[str]:
    """Yield files of tests in folders that pytest doesn't enter."""
    for path in filter(PytestFiles().is_named_so, layout.sources):
        folders = PurePosixPath(path).parents
        if any(folder.match(pattern) for folder in folders for pattern in patterns):
            yield path


def _unheeded(source: Path) -> list[str]:
    """Return the settings of a project that nothing here reads."""
    tables = toml_of(source).get("tool", {})
    found = [
        f"[tool.{name}] of {PYPROJECT} ({', '.join(tables[name])})"
        for name in TOOLS
        if name in tables
    ]
    return found + [name for name in FILES if (source / name).is_file()]
