"""Lists and reads the workspace's files, for programs that run outside the sandbox."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from tools.build_files.index import Index, read_index
from tools.build_files.packages import hidden_folders
from tools.build_files.reader import BUILD, BuildFile
from tools.build_files.starlark import StarlarkError
from tools.build_files.taken_names import (
    describe_taken,
    distribution_names,
    taken_names,
)
from tools.findings.collect import CollectError
from tools.source_text.decoding import read_starlark

DISTRIBUTIONS = "tools/imports/distributions/distributions.txt"
LIST_FILES = ("ls-files", "-z", "-co", "--exclude-standard", "--deduplicate")


def ignored_folders(root: Path) -> tuple[str, ...]:
    """Return the folders that Bazel ignores, as starts of paths."""
    ignore = root / ".bazelignore"
    text = ignore.read_text(encoding="utf-8") if ignore.exists() else ""
    return tuple(f"{folder}/" for folder in hidden_folders(text))


def inventory(root: Path) -> list[str]:
    """Return the files that git knows, but for those that Bazel ignores, sorted."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", *LIST_FILES],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=True,
    ).stdout.split("\0")
    ignored = ignored_folders(root)
    return sorted(
        path
        for path in filter(None, listed)
        if not path.startswith(ignored) and (root / path).is_file()
    )


class BuildFileError(CollectError):
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
    known = sorted({*inventory(root), *new})
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
    index = workspace_index(root, lambda it: read_starlark(root / it))
    return list(index.build_files.values())


class TakenNameError(CollectError):
    """A folder or module hides a module of Python or of the lock."""


def refuse_taken_names(root: Path) -> None:
    """Refuse a workspace in which what is written would not be what is imported.

    Raises:
        TakenNameError: a name on the import path is another's.
    """
    index, _ = read_targets(root, lambda it: read_starlark(root / it))
    locked = root / DISTRIBUTIONS
    text = locked.read_text(encoding="utf-8") if locked.exists() else ""
    found = list(taken_names(index, distribution_names(text)))
    if found:
        raise TakenNameError(describe_taken(found))
