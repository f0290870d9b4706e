"""Reads the BUILD files of the workspace, for programs that run outside the sandbox."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tools.build_files.index import Index, read_index
from tools.build_files.reader import BUILD, BuildFile
from tools.build_files.starlark import StarlarkError
from tools.build_files.taken_names import (
    describe_taken,
    distribution_names,
    taken_names,
)
from tools.source_text.decoding import read_starlark
from tools.workspace.files import seen_by_bazel
from tools.workspace.folder import WorkspaceError

DISTRIBUTIONS = "tools/imports/distributions/distributions.txt"


class BuildFileError(WorkspaceError):
    """A BUILD file can't be read."""


def read_targets(
    root: Path, read: Callable[[str], str], new: Iterable[str] = ()
) -> tuple[Index, list[StarlarkError]]:
    """Return the targets of the workspace, and the BUILD files that can't be read.

    Args:
        root: the workspace.
        read: gives the text of a file by its path, edits included.
        new: the paths of files that are yet to be written.
    """
    known = sorted({*seen_by_bazel(root), *new})
    names = (path for path in known if path.rpartition("/")[2] == BUILD)
    starlark = [*names, *(path for path in known if path.endswith(".bzl"))]
    return read_index(known, {path: read(path) for path in starlark})


def workspace_index(
    root: Path, read: Callable[[str], str], new: Iterable[str] = ()
) -> Index:
    """Return the targets of the workspace; see `read_targets`.

    Raises:
        BuildFileError: a BUILD file is not Starlark.
    """
    index, broken = read_targets(root, read, new)
    if broken:
        raise BuildFileError(
            f"{broken[0].path}:{broken[0].line}: is not Starlark: {broken[0].text}.\n"
            "Fix: correct the syntax there."
        )
    return index


def read_workspace(root: Path) -> list[BuildFile]:
    """Return every BUILD file of the workspace.

    Raises:
        BuildFileError: one is not Starlark.
    """
    index = workspace_index(root, lambda path: read_starlark(root / path))
    return list(index.build_files.values())


class TakenNameError(WorkspaceError):
    """A folder or module hides a module of Python or of the lock."""


def refuse_taken_names(root: Path) -> None:
    """Refuse a workspace in which what is written would not be what is imported.

    Raises:
        TakenNameError: a name on the import path is another's.
    """
    index, _ = read_targets(root, lambda path: read_starlark(root / path))
    locked = root / DISTRIBUTIONS
    text = locked.read_text(encoding="utf-8") if locked.exists() else ""
    found = list(taken_names(index, distribution_names(text)))
    if found:
        raise TakenNameError(describe_taken(found))
