"""Runs a checker in a folder that holds what it may see: it says the same in every sandbox, and without one."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import NamedTuple


class Answer(NamedTuple):
    """How a program ended."""

    exit_code: int
    stdout: str
    stderr: str


@contextmanager
def own_folder(report: str) -> Iterator[Path]:
    """Give an empty folder beside a report, and take it away again."""
    # Not tempfile, whose import takes 20 ms.
    folder = Path(f"{report}.folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def lay_out(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, by their paths in a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run_in(folder: Path, program: str, arguments: Sequence[str]) -> Answer:
    """Run a program in a folder, without an environment."""
    command = [os.path.abspath(program), *arguments]
    outputs = ("stdout.txt", "stderr.txt")
    opened = [
        (os.POSIX_SPAWN_OPEN, number, name, os.O_WRONLY | os.O_CREAT, 0o600)
        for number, name in enumerate(outputs, 1)
    ]
    with chdir(folder):
        # Not subprocess, whose import takes as long as a small check.
        child = os.posix_spawn(command[0], command, {}, file_actions=opened)
    exit_code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = ((folder / name).read_text("utf-8", errors="replace") for name in outputs)
    return Answer(exit_code, *said)
