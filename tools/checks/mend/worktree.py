"""Files of the work tree and of git's index, and the programs that mend and check them."""

import argparse
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHON = (".py", ".pyi")
# git's modes of a file, the executable one second; a link and a submodule have others.
FILE_MODES = ("100644", "100755")
STARLARK_NAMES = ("BUILD.bazel", "MODULE.bazel")


class MendError(Exception):
    """A program failed, or the work tree can't be read."""


@dataclass(frozen=True)
class Programs:
    """The programs that the build brings along, as absolute paths."""

    ruff: Path
    buildifier: Path


def add_programs(parser: argparse.ArgumentParser) -> None:
    """Add the arguments by which the build names the programs."""
    parser.add_argument("--ruff", nargs="+", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--buildifier", required=True, help=argparse.SUPPRESS)


def read_programs(options: argparse.Namespace) -> Programs:
    """Return the programs; ruff's distribution may bring other files beside it."""
    (ruff,) = (Path(path) for path in options.ruff if Path(path).name == "ruff")
    return Programs(ruff.absolute(), Path(options.buildifier).absolute())


def is_python(path: str) -> bool:
    """Return whether black and ruff take a file."""
    return path.endswith(PYTHON)


def is_starlark(path: str) -> bool:
    """Return whether buildifier takes a file."""
    name = path.rpartition("/")[2]
    return name in STARLARK_NAMES or name.endswith(".bzl")


def workspace() -> Path:
    """Return the folder that `bazel run` was called in.

    Raises:
        MendError: the program was started otherwise.
    """
    folder = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not folder:
        raise MendError("This program needs the workspace. Fix: start it by bazel run.")
    return Path(folder)


def git(root: Path, *arguments: str) -> str:
    """Return what git prints.

    Raises:
        MendError: git failed.
    """
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", *arguments],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        # A name or a file that is no UTF-8 comes back as it went.
        errors="surrogateescape",
        check=False,
    )
    if done.returncode:
        raise MendError(f"git {' '.join(arguments)} failed: {done.stderr.strip()}")
    return done.stdout


def listed(root: Path, *arguments: str) -> list[str]:
    """Return the files that a git command lists, those that are gone left out, sorted."""
    paths = set(filter(None, git(root, *arguments, "-z").split("\0")))
    return sorted(path for path in paths if (root / path).is_file())


def touched_files(root: Path) -> list[str]:
    """Return the files that differ from the last commit, new ones included."""
    changed = listed(root, "diff", "--name-only", "HEAD")
    new = listed(root, "ls-files", "--others", "--exclude-standard")
    return sorted({*changed, *new})


def all_files(root: Path) -> list[str]:
    """Return the files that git knows."""
    return listed(root, "ls-files", "--cached", "--others", "--exclude-standard")


def staged_files(root: Path) -> list[str]:
    """Return the files of the index that the next commit changes; links aren't files."""
    told = git(
        root,
        "diff",
        "--cached",
        "--raw",
        "--diff-filter=ACMT",
        "--no-renames",
        "-z",
    )
    # `:<old mode> <new mode> <old> <new> <status>`, NUL, the path, NUL.
    fields = told.split("\0")
    changes = zip(fields[::2], fields[1::2], strict=False)
    return sorted(path for change, path in changes if change.split()[1] in FILE_MODES)


def staged_text(root: Path, path: str) -> str | None:
    """Return a file of the index, or None if it has none of that path."""
    if not git(root, "ls-files", "--cached", "--", f":(literal){path}"):
        return None
    held = git(root, "show", f":{path}").encode(errors="surrogateescape")
    return held.decode(errors="replace")


def run(command: Sequence[str | Path], root: Path) -> None:
    """Run a program that mends files.

    Raises:
        MendError: it failed.
    """
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MendError(
            f"{Path(command[0]).name} failed (exit {done.returncode}):\n{done.stderr.strip()}"
        )
