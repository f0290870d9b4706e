"""The programs that the build brings along, and how they are run."""

import argparse
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.workspace.folder import WorkspaceError

STARLARK_NAMES = ("BUILD.bazel", "MODULE.bazel")


class ProgramError(WorkspaceError):
    """A program that the fix is made with failed."""


@dataclass(frozen=True)
class Programs:
    """The programs that the build brings along."""

    ruff: Path
    buildifier: Path
    buildozer: Path = Path()


def add_programs(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add the arguments by which the build names the programs, a file or several each.

    Each takes one word, so that the paths which the user adds stay the command's own.
    """
    for name in names:
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)


def read_programs(options: argparse.Namespace) -> Programs:
    """Return the programs; a distribution may bring other files beside its own."""
    found = {}
    for name in Programs.__annotations__:
        paths = [Path(path) for path in getattr(options, name, "").split()]
        found[name] = next(
            (path.absolute() for path in paths if path.name == name), Path()
        )
    return Programs(**found)


def format_starlark(program: Path, root: Path, files: Sequence[str]) -> None:
    """Format Starlark, and apply the fixes of buildifier's warnings.

    Raises:
        ProgramError: it failed.
    """
    run([program, "-mode=fix", "-lint=fix", "-warnings=all", *files], root)


def syntax_errors(said: str) -> Iterator[str]:
    """Yield a line for each file that buildifier or buildozer can't read."""
    pattern = r"^(?:\S+: )?(\S+:\d+:\d+): (syntax error.*)$"
    for place, text in re.findall(pattern, said, re.MULTILINE):
        yield f"{place}: {text}: correct it, then fix again."


def run(command: Sequence[str | Path], root: Path) -> None:
    """Run a program that fixes files.

    Raises:
        ProgramError: it failed.
    """
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        name = Path(command[0]).name
        raise ProgramError(
            f"{name} failed (exit {done.returncode}):\n{done.stderr.strip()}"
        )


def is_python(path: str) -> bool:
    """Return whether black and ruff take a file."""
    return path.endswith((".py", ".pyi"))


def is_starlark(path: str) -> bool:
    """Return whether buildifier takes a file."""
    name = path.rpartition("/")[2]
    return name in STARLARK_NAMES or name.endswith(".bzl")
