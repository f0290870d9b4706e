"""Lists and reads the workspace's files, for programs that run outside the sandbox."""

import subprocess
from pathlib import Path

from tools.findings.collect import CollectError
from tools.imports.build_file import BuildFile
from tools.source_text.decoding import read_starlark

BUILD = "BUILD.bazel"
LIST_FILES = ("ls-files", "-z", "-co", "--exclude-standard", "--deduplicate")


def ignored_folders(root: Path) -> tuple[str, ...]:
    """Return the folders that Bazel ignores, as starts of paths."""
    ignore = root / ".bazelignore"
    lines = ignore.read_text(encoding="utf-8").splitlines() if ignore.exists() else []
    return tuple(f"{line}/" for line in lines if line and line[0] != "#")


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


def read_build_file(text: str, path: str) -> BuildFile:
    """Return what a BUILD file says.

    Raises:
        BuildFileError: it is not Starlark.
    """
    try:
        return BuildFile(text, path)
    except SyntaxError as error:
        raise BuildFileError(
            f"{path}:{error.lineno}: is not Starlark: {error.msg}.\n"
            "Fix: mend the syntax there."
        ) from None


def read_workspace(root: Path) -> list[BuildFile]:
    """Return every BUILD file of the workspace.

    Raises:
        BuildFileError: one is not Starlark.
    """
    return [
        read_build_file(read_starlark(root / path), path)
        for path in inventory(root)
        if path.rpartition("/")[2] == BUILD
    ]
