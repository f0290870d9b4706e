"""Makes the Python environment of the checkout: `.venv`, from the one lock, with first-party code as it is saved."""

import hashlib
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.lock.pins import LOCK
from tools.lock.pip_settings import hide_passwords, index_options, uv_environment

FOLDER = ".venv"
FIRST_PARTY = "monorepo.pth"
STAMP = "monorepo.stamp"

# The interpreter of a supply line that has a root of its own, where it is called `python` for those who are in it:
# outside, `python` is a script that enters first. See tools/debian/bazel.
INSIDE = "python-inside"
ENTERING = """#!/bin/sh
exec {enter} --enter {python} "$@"
"""


class SetupError(Exception):
    """The environment can't be made; its text is for the user."""


@dataclass(frozen=True)
class Environment:
    """What the environment is made of.

    Attributes:
      root: the workspace.
      uv: the program that installs.
      roots: folders on the import path besides the workspace's own, from the workspace.
      environ: the environment that the command was started in.
    """

    root: Path
    uv: Path
    roots: tuple[str, ...]
    environ: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """The environment."""
        return self.root / FOLDER

    @property
    def python(self) -> Path:
        """The environment's interpreter, as programs of the build start it."""
        name = INSIDE if self.environ.get("MONOREPO_ENTER") else "python"
        return self.folder / "bin" / name

    def stamp(self) -> str:
        """Return the digest of all that the environment is made from."""
        lock = (self.root / LOCK).read_text(encoding="utf-8")
        enter = self.environ.get("MONOREPO_ENTER", "")
        parts = [lock, sys.version, enter, str(self.root), *self.roots]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def is_current(self) -> bool:
        """Return whether the environment is there, and made from what is there now."""
        file = self.folder / STAMP
        return file.exists() and file.read_text(encoding="utf-8") == self.stamp()

    def make(self) -> None:
        """Make the environment, or bring it up to date.

        Raises:
          SetupError: uv can't.
        """
        (self.folder / STAMP).unlink(missing_ok=True)
        if not self.python.exists():
            base = f"--python={interpreter(self.root)}"
            self._uv("venv", "--clear", "--prompt", self.root.name, base, self.folder)
        enter = self.environ.get("MONOREPO_ENTER")
        if enter:
            self._put_entries(enter)
        # Sources are never built: what they run is in no lock.
        options = ["--require-hashes", "--no-build", "--allow-empty-requirements"]
        options += index_options(self.environ, Path.home())
        self._uv("pip", "sync", *options, f"--python={self.python}", self.root / LOCK)
        if enter:
            self._start_programs_outside()
        self._put_first_party()
        (self.folder / STAMP).write_text(self.stamp(), encoding="utf-8")

    def _uv(self, *arguments: str | Path) -> None:
        environ = uv_environment(self.environ, Path.home(), dated=False)
        environ.pop("VIRTUAL_ENV", None)
        done = subprocess.run(
            [self.uv, "--quiet", *arguments],
            cwd=self.root,
            env=environ,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SetupError(
                f"{FOLDER}: uv couldn't install {LOCK}.\n{hide_passwords(done.stderr)}"
                "Fix: check the network and pip's configuration (pip config list), then run the same command again."
            )

    def _put_first_party(self) -> None:
        (site_packages,) = self.folder.glob("lib/python*/site-packages")
        lines = [self.root, *(self.root / folder for folder in self.roots)]
        text = "".join(f"{line}\n" for line in lines)
        (site_packages / FIRST_PARTY).write_text(text, encoding="utf-8")

    def _put_entries(self, enter: str) -> None:
        """Have each name of the interpreter enter the root of the supply line first."""
        links = sorted((self.folder / "bin").glob("python*"))
        if not self.python.is_symlink():
            self.python.symlink_to((self.folder / "bin/python").readlink())
        script = ENTERING.format(
            enter=shlex.quote(enter), python=shlex.quote(str(self.python))
        )
        for file in links:
            if file.is_symlink() and file != self.python:
                file.unlink()
                file.write_text(script, encoding="utf-8")
                file.chmod(0o755)

    def _start_programs_outside(self) -> None:
        """Have programs of distributions start by what enters; uv names the interpreter itself."""
        inside = f"#!{self.python}\n"
        for file in (self.folder / "bin").iterdir():
            with file.open("rb") as opened:
                if opened.read(len(inside)) != inside.encode():
                    continue
            text = file.read_text(encoding="utf-8").removeprefix(inside)
            file.write_text(f"#!{self.folder}/bin/python\n{text}", encoding="utf-8")


def interpreter(root: Path) -> str:
    """Return what uv makes the environment on: the build's own interpreter.

    One that lies in Bazel's output goes with it, and editors don't follow links there; the same release is taken then.
    """
    own = Path(sys.base_prefix).resolve()
    if "execroot" in own.parts or "external" in own.parts or own.is_relative_to(root):
        return ".".join(map(str, sys.version_info[:3]))
    return sys.executable
