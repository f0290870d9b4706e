"""Finds what a target that `bazel run` starts has been given.

The target's executable imports a program here; `<executable>.json` beside it holds
the target's own values. A value that is a runfile is written as its runfiles path.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Launch:
    """One start of a target: its values and where its runfiles are."""

    values: dict[str, str]
    runfiles: Path

    @classmethod
    def read(cls, executable: str) -> Launch:
        """Return the launch of the program that was started by this path."""
        path = Path(os.path.abspath(executable))
        values = json.loads(path.with_name(f"{path.name}.json").read_bytes())
        return cls(values, _runfiles(path))

    def text(self, key: str) -> str:
        """Return a plain value, empty where the target has none."""
        return self.values.get(key, "")

    def file(self, key: str) -> Path | None:
        """Return the file or folder that a value names, None where there is none."""
        return self.needed_file(key) if self.values.get(key) else None

    def needed_file(self, key: str) -> Path:
        """Return the file or folder that a value of every such target names."""
        return self.runfiles / self.values[key]


def _runfiles(executable: Path) -> Path:
    """Return the runfiles: those that are given, the executable's own, or those that it is a part of.

    In that order, as Bazel's library for bash looks for them, which the public rules start with.
    """
    own = executable.with_name(f"{executable.name}.runfiles")
    holders = [
        folder for folder in executable.parents if folder.name.endswith(".runfiles")
    ]
    given = os.environ.get("RUNFILES_DIR")
    for folder in [*([Path(given)] if given else []), own, *holders]:
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"{executable} has no runfiles: {own} isn't there.\n"
        "Fix: start it by bazel run, or build it without --nobuild_runfile_links."
    )
