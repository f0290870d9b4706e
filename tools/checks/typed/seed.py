"""Analyses the lock once, for every target: the program of the action MypySeed.

Invoked by Bazel as: seed --output=FILE --config=pyproject.toml --requirements=FILE
@ARGUMENTS, the arguments being --distribution=NAME=SITE_PACKAGES and --file=PATH

The archive holds the types of the standard library and of what the repository asks for
by name in requirements.in, two levels deep and with all that it imports. Of the other
typed modules it holds the sources: a target that needs one analyses it.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mypy.modulefinder import BuildSource, FindModuleCache, compute_search_paths

from tools.checks.typed.analysis import (
    STUBS_FOLDER,
    analyse,
    enter_view,
    read_settings,
)
from tools.checks.typed.archive import Contents, write_archive
from tools.checks.typed.file_view import (
    LOCK,
    REPOSITORY,
    STUBS,
    FileView,
    folders_of,
)
from tools.checks.typed.travel import META, rows_to_travel

DEPTH = 2
MARKER = "py.typed"
# The checker's own code is large, and one target alone reads it.
LEFT_OUT = frozenset({"mypy"})
TEST_FOLDERS = frozenset({"tests", "test", "_tests", "testing"})
ROOT_MODULE = "__everything__"
# Where mypy itself looks; the last two are its own.
STUB_FOLDERS = ("stdlib", "stubs/mypy-extensions", "stubs/librt")


@dataclass
class Lock:
    """The files of every distribution, at their paths in the view."""

    files: dict[str, Path] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """The distribution of each top-level name."""


def is_seen(name: str) -> bool:
    """Return whether mypy may look for a file."""
    return name.endswith((".py", ".pyi")) or name == MARKER


def walk(folder: Path) -> Iterator[str]:
    """Yield the files below a folder that mypy may look for, by their path in it."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name.removesuffix("-stubs").isidentifier() and name != "__pycache__"
        )
        inside = os.path.relpath(place, folder)
        for name in sorted(filter(is_seen, names)):
            yield name if inside == "." else f"{inside}/{name}"


def add_distribution(lock: Lock, name: str, root: str, files: Sequence[str]) -> None:
    """Add one distribution: a directory, or single files below its import root."""
    for file in files:
        if os.path.isdir(file):
            found = [(inside, Path(file, inside)) for inside in walk(Path(file))]
        else:
            inside = file.partition(f"{root}/")[2]
            seen = inside and is_seen(inside.rpartition("/")[2])
            found = [(inside, Path(file))] if seen else []
        for inside, path in found:
            lock.files[f"{LOCK}/{inside}"] = path
            top = inside.partition("/")[0].partition(".")[0].removesuffix("-stubs")
            lock.owners.setdefault(top, name)


def read_names(requirements: str) -> frozenset[str]:
    """Return the distributions that requirements.in names, normalised."""
    lines = (line.partition("#")[0].strip() for line in requirements.splitlines())
    names = (re.match(r"[\w.-]+", line) for line in lines)
    return frozenset(normalise(name[0]) for name in names if name)


def normalise(name: str) -> str:
    """Return a distribution's name as labels write it."""
    return re.sub(r"[-_.]+", "_", name).lower()


def modules_in(paths: Iterable[str], root: str) -> Iterator[str]:
    """Yield the modules that the files below a root are, tests left out."""
    for path in paths:
        inside = path.removeprefix(root)
        if inside == path or not inside.endswith((".py", ".pyi")):
            continue
        parts = inside.rpartition(".")[0].split("/")
        parts[0] = parts[0].removesuffix("-stubs")
        if parts[-1] == "__init__":
            parts.pop()
        is_named = parts and all(part.isidentifier() for part in parts)
        if is_named and not TEST_FOLDERS.intersection(parts):
            yield ".".join(parts)


def stub_files() -> dict[str, Path]:
    """Return the stubs that come with mypy, at their paths in the view."""
    return {
        f"{STUBS}/typeshed/{part}/{inside}": STUBS_FOLDER / part / inside
        for part in STUB_FOLDERS
        for inside in walk(STUBS_FOLDER / part)
    }


def seed(output: Path, settings: Path, lock: Lock, wanted: frozenset[str]) -> None:
    """Analyse what is wanted, and write the archive."""
    files = stub_files() | lock.files
    options = read_settings(settings)
    enter_view()
    paths = compute_search_paths([], options, str(STUBS_FOLDER.parent))
    view = FileView(files, [])
    finder = FindModuleCache(paths, view, options)
    asked = [
        module
        for module in modules_in(lock.files, f"{LOCK}/")
        if module.count(".") < DEPTH and lock.owners[module.partition(".")[0]] in wanted
    ]
    for part in STUB_FOLDERS:
        asked += modules_in(files, f"{STUBS}/typeshed/{part}/")
    found = {name: finder.find_module(name) for name in sorted(set(asked))}
    text = "\n".join(
        f"import {name}"
        for name, path in found.items()
        if isinstance(path, str) and not view.isdir(path)
    )
    root = BuildSource(f"{REPOSITORY}/{ROOT_MODULE}.py", ROOT_MODULE, text)
    analysis = analyse([root], files, [], options)
    if not analysis.is_complete:
        raise SystemExit(
            "mypy can't analyse the lock:\n" + "\n".join(analysis.messages)
        )
    modules = {
        name.removesuffix(META).removesuffix("/__init__").replace("/", ".")
        for name in analysis.rows
        if name.endswith(META)
    }
    rows = rows_to_travel(analysis.rows, modules - {ROOT_MODULE})
    sources = {
        path: place.read_bytes()
        for module in set(modules_in(lock.files, f"{LOCK}/")) - modules
        for path, place in _found_file(finder, module, lock.files)
    }
    # mypy reads there whether the stubs are all there are.
    sources |= {
        path: place.read_bytes()
        for path, place in lock.files.items()
        if path.endswith(f"-stubs/{MARKER}")
    }
    folders = {name: sorted(names) for name, names in folders_of(list(files)).items()}
    write_archive(output, Contents(rows, folders, sources))


def _found_file(
    finder: FindModuleCache, module: str, files: Mapping[str, Path]
) -> Iterator[tuple[str, Path]]:
    path = finder.find_module(module)
    if isinstance(path, str) and path in files:
        yield path, files[path]


def main(argv: Sequence[str]) -> int:
    """Read the arguments and write the archive."""
    lock = Lock()
    options = {}
    name = root = ""
    arguments = [
        line
        for argument in argv
        for line in (
            Path(argument[1:]).read_text(encoding="utf-8").splitlines()
            if argument.startswith("@")
            else [argument]
        )
    ]
    for argument in arguments:
        option, _, value = argument.partition("=")
        if option == "--distribution":
            name, _, root = value.partition("=")
        elif option == "--file":
            add_distribution(lock, normalise(name), root, [value])
        else:
            options[option] = value
    names = read_names(Path(options["--requirements"]).read_text(encoding="utf-8"))
    seed(Path(options["--output"]), Path(options["--config"]), lock, names - LEFT_OUT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
