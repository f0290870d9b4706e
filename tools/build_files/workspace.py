"""Reads the BUILD files of the workspace, for programs that run outside the sandbox."""

from collections.abc import Iterable
from pathlib import Path

from tools.build_files.index import Index, read_index
from tools.build_files.reader import BUILD, BuildFile
from tools.build_files.starlark import StarlarkError
from tools.source_text.decoding import read_starlark
from tools.workspace.files import seen_by_bazel
from tools.workspace.folder import WorkspaceError


class BuildFileError(WorkspaceError):
    """A BUILD file can't be read."""


def read_starlark_files(root: Path, known: Iterable[str]) -> dict[str, str]:
    """Return the text of each BUILD and .bzl file among known files, by its path."""
    return {
        path: read_starlark(root / path)
        for path in known
        if path.endswith(".bzl") or path.rpartition("/")[2] == BUILD
    }


def read_targets(root: Path) -> tuple[Index, list[StarlarkError]]:
    """Return the targets of the workspace, and the BUILD files that can't be read."""
    known = seen_by_bazel(root)
    return read_index(known, read_starlark_files(root, known))


def read_workspace(root: Path) -> list[BuildFile]:
    """Return every BUILD file of the workspace.

    Raises:
        BuildFileError: one is not Starlark.
    """
    index, broken = read_targets(root)
    if broken:
        raise BuildFileError(
            f"{broken[0].path}:{broken[0].line}: is not Starlark: {broken[0].text}.\n"
            "Fix: correct the syntax there."
        )
    return list(index.build_files.values())
