"""Says which files of a project move in: its sources, its tests, and what isn't Python.

Python that is neither, such as docs/conf.py or noxfile.py, stays behind: nothing here runs
it. So do the project's own locks and what a build has left.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.build_files.pytest_files import TEST_FOLDERS, PytestFiles
from tools.fix.work_tree import PYTHON
from tools.imports.check.sources import SourceSyntaxError, parse_imports
from tools.lock.check import other_lists
from tools.workspace.git import GitError, git_paths

COMPILED = (".c", ".cc", ".cpp", ".pyx", ".rs")
SRC = "src"
TESTS = ("conftest.py", "test", "testing", "tests")
# Folders of modules that a project doesn't publish.
BESIDE = frozenset(
    {
        "bench",
        "benchmarks",
        "build",
        "ci",
        "dist",
        "doc",
        "docs",
        "examples",
        "scripts",
        "tools",
    }
)
LEFT = (
    "__pycache__",
    "node_modules",
    ".coverage",
    ".git",
    ".hypothesis",
    ".idea",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    ".venv",
    ".vscode",
    "venv",
)


@dataclass
class Layout:
    """The files of a project by their paths in it."""

    moved: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Python that nothing here runs, and lists of dependencies besides the lock."""
    theirs: list[str] = field(default_factory=list)
    """Files of other projects, which move with these."""
    home: str = ""
    """The folder that has its packages, where that is called otherwise than `src`."""

    @property
    def sources(self) -> list[str]:
        """The Python that moves."""
        return [path for path in self.moved if path.endswith(PYTHON)]

    @property
    def compiled(self) -> list[str]:
        """What only runs once it is compiled, modules before what they are made of; what tests read is data."""
        packages = {path.rpartition("/")[0] for path in self.sources}
        found = (path for path in self.moved if path.endswith(COMPILED))
        return sorted(
            (path for path in found if TEST_FOLDERS.isdisjoint(path.split("/"))),
            key=lambda path: path.rpartition("/")[0] not in packages,
        )

    @property
    def root(self) -> str:
        """The folder that its imports begin at; empty for its own."""
        has_src = any(path.startswith(f"{SRC}/") for path in self.sources)
        return SRC if has_src else self.home

    @property
    def published(self) -> tuple[list[str], list[str]]:
        """The packages and the modules at the top that others import."""
        start = f"{self.root}/" if self.root else ""
        inside = [p.removeprefix(start) for p in self.sources if p.startswith(start)]
        own = [path for path in inside if self.root or not _is_beside(_top(path))]
        packages = {_top(path) for path in own if "/" in path}
        return sorted(packages), sorted(
            path.partition(".")[0] for path in own if "/" not in path
        )


def files_of(folder: Path, *, is_here: bool = False) -> list[str]:
    """Return the files of a project: those of its repository, or all that no tool has left there.

    Args:
        folder: the project.
        is_here: whether it lies where it goes, and needn't be committed.
    """
    new = ("--others", "--exclude-standard") if is_here else ()
    try:
        tracked = git_paths(folder, "ls-files", "--cached", *new)
    except GitError:
        tracked = []
    if tracked:
        return [path for path in tracked if (folder / path).is_file()]
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(
        str(path)
        for path in found
        if not any(part in LEFT or part.endswith(".egg-info") for part in path.parts)
    )


def read_layout(folder: Path, name: str, files: Iterable[str]) -> Layout:
    """Return which files move.

    Args:
        folder: the project.
        name: how it is called, for a layout that has its package beside other folders.
        files: the paths of its files.
    """
    files = list(files)
    listed = {finding.path for finding in other_lists(files)}
    python = [path for path in files if path.endswith(PYTHON) and path not in listed]
    stem = name.lower().replace("-", "_").replace(".", "_")
    wanted, home = set(_tops(python, stem)), ""
    if all(map(_is_test, wanted)):
        tests = [path for path in python if _top(path) in wanted]
        named = {top for p in tests for top in imported_tops((folder / p).read_bytes())}
        home = _home(python, {stem, *named})
        wanted |= {home} - {""}
    todo = [path for path in python if _top(path) in wanted]
    for path in todo:
        # What the tests import comes along, be it a folder of examples.
        for top in imported_tops((folder / path).read_bytes()):
            for beside in (top, f"{top}.py"):
                if beside not in wanted:
                    more = [other for other in python if _top(other) == beside]
                    todo += more
                    wanted |= {beside} if more else set()
    python_moved = set(todo)
    moved = [
        p for p in files if p in python_moved or not (p.endswith(PYTHON) or p in listed)
    ]
    return Layout(moved, [path for path in files if path not in moved], home=home)


def _top(path: str) -> str:
    return path.partition("/")[0]


def _home(python: Collection[str], names: Collection[str]) -> str:
    """Return the folder at the top, no package itself, that has one of some packages or modules; nothing where none."""
    for path in python:
        top, _, below = path.partition("/")
        name = below.removesuffix("/__init__.py").removesuffix(".py")
        is_package = f"{top}/__init__.py" in python
        if name in names and not (is_package or _is_beside(top)):
            return top
    return ""


def _is_test(top: str) -> bool:
    return top in TESTS or PytestFiles().is_named_so(top)


def _is_beside(top: str) -> bool:
    return top in BESIDE or _is_test(top)


def _tops(python: Collection[str], name: str) -> Iterator[str]:
    """Yield the folders and modules at the top that are the project's own, or tests."""
    tops = {_top(path) for path in python}
    for top in sorted(tops):
        stem = top.removesuffix(".py")
        is_package = f"{top}/__init__.py" in python and top not in BESIDE
        if (
            _is_test(top)
            or top == SRC
            or stem == name
            or (is_package and SRC not in tops)
        ):
            yield top


def imported_tops(source: bytes, *, is_needed: bool = False) -> set[str]:
    """Return the first parts of the modules that a source imports.

    Args:
        source: the text.
        is_needed: whether those count alone that it can't do without.
    """
    try:
        found = parse_imports(source, [])
    except SourceSyntaxError:
        return set()
    tops = {i.module.partition(".")[0] for i in found if not (is_needed and i.optional)}
    return tops - {""}
