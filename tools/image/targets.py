"""Finds targets, builds them, and says where the files of each lie."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.workspace.bazel import PARTIAL_QUERY, Bazel

# Prints a target and its files: those of the output group `indexes`, or what it runs, or what it is.
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


@dataclass(frozen=True)
class Targets:
    """The targets of a workspace, in one configuration."""

    bazel: Bazel
    flags: tuple[str, ...] = ()

    def find(self, expression: str) -> tuple[list[str], bool]:
        """Return the labels that a query finds, sorted, and whether every package could be loaded."""
        done = self.bazel.call(
            *("query", "--noshow_progress", "--keep_going", expression),
            accepted=(0, PARTIAL_QUERY),
        )
        return sorted(done.stdout.splitlines()), not done.returncode

    def build(self, labels: Iterable[str], *flags: str) -> dict[str, list[Path]]:
        """Build targets, as many as can be; return the files of those that were."""
        wanted = sorted(labels)
        if not wanted:
            return {}
        own = ("--keep_going", "--show_result=0", *self.flags, *flags)
        built = self.bazel.build(wanted, *own).targets().intersection(wanted)
        if not built:
            return {}
        root = self.bazel.info("execution_root")
        union = f"set({' '.join(sorted(built))})"
        lines = self.bazel.cquery(union, _FILES, *self.flags)
        words = (line.split(" ") for line in lines)
        return {label: [Path(root, path) for path in paths] for label, *paths in words}
