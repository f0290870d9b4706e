"""Asks Bazel about images, and has it build what a push needs."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# The exit code of a query that leaves out packages with errors.
_INCOMPLETE = 3

# Prints a target and its files: what it runs, or the files of an output group, or what it is.
_FILES = """\
def format(target):
    run = providers(target).get("FilesToRunProvider")
    groups = providers(target).get("OutputGroupInfo")
    if groups and hasattr(groups, "indexes"):
        files = groups.indexes.to_list()
    elif run and run.executable:
        files = [run.executable]
    else:
        files = target.files.to_list()
    return " ".join([str(target.label).lstrip("@")] + [file.path for file in files])
"""


class WorkspaceError(Exception):
    """A call of Bazel that failed; its text is for the user."""


@dataclass(frozen=True)
class Workspace:
    """The workspace that this program was started from."""

    root: Path
    flags: tuple[str, ...] = ()

    @classmethod
    def current(cls, flags: Sequence[str]) -> Workspace:
        """Return the workspace of `bazel run`."""
        root = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
        if not root:
            raise WorkspaceError(
                "This program asks Bazel.\nFix: bazel run //tools/image:push_all"
            )
        return cls(Path(root), tuple(flags))

    def _bazel(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "bazelw", command, *arguments],
            cwd=self.root,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )

    def _ask(self, command: str, *arguments: str) -> list[str]:
        done = self._bazel(command, *arguments)
        if done.returncode:
            raise WorkspaceError(f"bazel {command} failed; it says above why.")
        return done.stdout.splitlines()

    def query(self, expression: str) -> tuple[list[str], bool]:
        """Return the labels that a query finds, sorted, and whether every package could be loaded."""
        done = self._bazel("query", "--noshow_progress", "--keep_going", expression)
        if done.returncode not in (0, _INCOMPLETE):
            raise WorkspaceError("bazel query failed; it says above why.")
        return sorted(done.stdout.splitlines()), not done.returncode

    def build(self, labels: Iterable[str], *flags: str) -> dict[str, list[Path]]:
        """Build targets, as many as can be; return the files of those that were: see `_FILES`."""
        wanted = sorted(labels)
        if not wanted:
            return {}
        with tempfile.TemporaryDirectory(prefix="image-") as folder:
            events = Path(folder, "events.json")
            targets = Path(folder, "targets.txt")
            targets.write_text("".join(f"{label}\n" for label in wanted))
            self._bazel(
                "build",
                "--keep_going",
                "--ui_event_filters=-info",
                "--show_result=0",
                # An image is checked by `bazel test`; this is a push, or a measurement.
                "--norun_validations",
                f"--build_event_json_file={events}",
                f"--target_pattern_file={targets}",
                *self.flags,
                *flags,
            )
            text = events.read_text("utf-8") if events.exists() else ""
        return self._files(completed(text))

    def _files(self, labels: Iterable[str]) -> dict[str, list[Path]]:
        wanted = sorted(labels)
        if not wanted:
            return {}
        (root,) = self._ask("info", "--noshow_progress", "execution_root")
        with tempfile.TemporaryDirectory(prefix="image-") as folder:
            script = Path(folder, "file.cquery")
            script.write_text(_FILES)
            lines = self._ask(
                "cquery",
                "--noshow_progress",
                "--ui_event_filters=-info",
                f"set({' '.join(wanted)})",
                "--output=starlark",
                f"--starlark:file={script}",
                *self.flags,
            )
        words = (line.split(" ") for line in lines)
        return {label: [Path(root, path) for path in paths] for label, *paths in words}


def completed(events: str) -> set[str]:
    """Return the targets that a build's events say were built."""
    built = set()
    for line in events.splitlines():
        event = json.loads(line)
        target = event.get("id", {}).get("targetCompleted", {})
        # An aspect over a target that failed may succeed, and tells of it by the same event.
        if not target or "aspect" in target:
            continue
        if event.get("completed", {}).get("success"):
            built.add(str(target["label"]).lstrip("@"))
    return built
