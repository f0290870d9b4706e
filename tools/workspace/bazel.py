"""Calls Bazel in a workspace, as the people who work there call it.

Standard library only: `//:requirements.update` runs before anything can be built.
"""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Self

from tools.workspace.events import Events
from tools.workspace.folder import WorkspaceError, workspace_folder

# Exit codes: https://bazel.build/run/scripts#exit-codes
TESTS_FAILED = 3
NO_TESTS = 4
# A query with --keep_going that left out packages with errors.
PARTIAL_QUERY = 3
_STDERR = 2


class BazelError(WorkspaceError):
    """Bazel failed; the text says what it said."""


@dataclass(frozen=True)
class Built:
    """What a build left, as far as it came."""

    events: Events
    failure: BazelError | None

    def files(self, group: str) -> dict[str, Path]:
        """Return the files of an output group by their paths from the output root."""
        return dict(self.events.files(group))

    def targets(self) -> set[str]:
        """Return the labels of the targets that were built."""
        return set(self.events.targets())


@dataclass(frozen=True)
class Bazel:
    """Bazel in a workspace."""

    root: Path
    quiet: bool = True
    """Whether what it says on the way is kept for its error, and not shown at once."""
    seconds: float | None = None
    """How long a command may take; after that it is killed, and TimeoutExpired says which."""

    @classmethod
    def current(cls, *, quiet: bool = True) -> Self:
        """Return Bazel in the workspace that `bazel run` was called in."""
        return cls(workspace_folder(), quiet=quiet)

    def call(
        self,
        *arguments: str,
        accepted: Collection[int] | None = (0,),
        variables: Mapping[str, str] | None = None,
        stdin: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of Bazel, and return its output.

        Args:
            arguments: the command, its flags and its targets.
            accepted: the exit codes that are an answer; None for all of them.
            variables: environment variables besides this program's own.
            stdin: what `bazel run` hands to the program; this program's own by default.

        Raises:
            BazelError: it exits otherwise.
        """
        done = self._start(arguments, subprocess.PIPE, variables, stdin)
        if accepted is not None and done.returncode not in accepted:
            raise self._failure(arguments, done)
        return done

    def show(self, *arguments: str) -> int:
        """Run a command whose output is for the user, on stderr; return its exit code."""
        return self._start(arguments, _STDERR).returncode

    def become(
        self, *arguments: str, variables: Mapping[str, str] | None = None
    ) -> NoReturn:
        """Go on as a command of Bazel, which then has this program's terminal and signals."""
        command = self._command(arguments)
        os.chdir(self.root)
        environ = {**os.environ, **(variables or {})}
        # Bazel, as in _start.
        os.execvpe(command[0], command, environ)  # noqa: S606

    def query(self, expression: str, *flags: str) -> str:
        """Return what a query prints."""
        return self.call("query", "--noshow_progress", *flags, expression).stdout

    def cquery(self, expression: str, script: str, *flags: str) -> list[str]:
        """Return what the `format(target)` of a Starlark script says of each target."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "format.cquery")
            file.write_text(script, encoding="utf-8")
            output = ("--output=starlark", f"--starlark:file={file}")
            quiet = ("--noshow_progress", "--ui_event_filters=-info")
            done = self.call("cquery", *quiet, *output, *flags, expression)
        return done.stdout.splitlines()

    def info(self, key: str) -> Path:
        """Return one of the folders that `bazel info` knows, such as `execution_root`."""
        return Path(self.call("info", "--noshow_progress", key).stdout.strip())

    def build(self, patterns: Sequence[str], *flags: str) -> Built:
        """Build what patterns name without its validations, and return what came of it."""
        with tempfile.TemporaryDirectory() as folder:
            events = Path(folder, "events.json")
            arguments = ["build", "--norun_validations", *flags]
            # What is built here is read here.
            arguments += ["--remote_download_outputs=toplevel"]
            arguments += ["--ui_event_filters=-info,-stdout", "--noshow_progress"]
            arguments += [f"--build_event_json_file={events}", "--", *patterns]
            done = self.call(*arguments, accepted=None)
            text = events.read_text(encoding="utf-8") if events.exists() else ""
        failure = self._failure(arguments, done) if done.returncode else None
        return Built(Events(text), failure)

    def _command(self, arguments: Sequence[str]) -> list[str]:
        own = "./bazelw" if (self.root / "bazelw").exists() else "bazel"
        return [own, *arguments]

    def _start(
        self,
        arguments: Sequence[str],
        stdout: int,
        variables: Mapping[str, str] | None = None,
        stdin: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        command = self._command(arguments)
        is_kept = self.quiet and stdout == subprocess.PIPE
        try:
            return subprocess.run(
                command,
                cwd=self.root,
                stdout=stdout,
                stderr=subprocess.PIPE if is_kept else None,
                input=stdin,
                env={**os.environ, **(variables or {})},
                errors="surrogateescape",
                text=True,
                check=False,
                timeout=self.seconds,
            )
        except FileNotFoundError:
            raise BazelError(
                f"{self.root}: found no {command[0]}.\n"
                "Fix: install Bazel (https://bazel.build/install/bazelisk)."
            ) from None

    def _failure(
        self, arguments: Sequence[str], done: subprocess.CompletedProcess[str]
    ) -> BazelError:
        shown = shlex.join(text for text in arguments if not text.startswith("--"))
        said = f":\n{done.stderr}" if self.quiet else "; it says above why.\n"
        return BazelError(
            f"bazel {shown} failed with exit code {done.returncode}{said}"
            "Fix: what it says, then run the same command again."
        )
