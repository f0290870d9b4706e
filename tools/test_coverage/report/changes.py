"""Finds the lines that a change adds or edits, by git, and how much of them ran."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.test_coverage.data.file_coverage import FileCoverage, Files
from tools.test_coverage.data.totals import Totals, of_files
from tools.test_coverage.report.floors import Floor
from tools.workspace.git import fork_of, git, git_paths

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")

Changes = Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class DiffCoverage:
    """What ran of the lines that changed."""

    base: str
    files: Mapping[str, FileCoverage]

    @property
    def totals(self) -> Totals:
        """The totals of the changed lines."""
        return of_files(self.files.values())

    def verdict(self, floor: Floor) -> str:
        """Return what ran in a line."""
        lines = self.totals.lines
        said = f"changed since {self.base}: {lines.hit} of {lines.of} lines ran"
        said += f" ({lines.text})" if lines.of else ""
        if any(floor.missed_by(self.totals)) and floor.lines is not None:
            said += f", under the floor of {floor.lines:g} %"
        return said


def changed_lines(root: Path, base: str) -> dict[str, frozenset[int]]:
    """Return the lines that differ from where this checkout left `base`.

    Uncommitted edits and files that git doesn't know yet count too; a renamed file's
    untouched lines don't.
    """
    fork = fork_of(root, base)
    options = ["--unified=0", "--no-color", "--no-ext-diff", "--find-renames"]
    prefixes = ["--src-prefix=a/", "--dst-prefix=b/"]
    quoting = ["-c", "core.quotePath=true"]
    # A line of a file can't look like a header then.
    marks = ["--output-indicator-new=>", "--output-indicator-old=<"]
    text = git(root, *quoting, "diff", *options, *prefixes, *marks, fork, "--", "*.py")
    changes = parse_diff(text)
    unknown = ["--others", "--exclude-standard", "--", "*.py"]
    for path in git_paths(root, "ls-files", *unknown):
        count = len((root / path).read_bytes().splitlines())
        changes[path] = frozenset(range(1, count + 1))
    return changes


def parse_diff(text: str) -> dict[str, frozenset[int]]:
    """Return the new side's lines of a diff whose headers alone have "+++" and "@@", by file."""
    changes: dict[str, set[int]] = {}
    path = ""
    for row in text.split("\n"):
        if row.startswith("+++ "):
            path = _path(row.removeprefix("+++ "))
        elif path and (found := _HUNK.match(row)):
            first, count = int(found[1]), int(found[2] or "1")
            changes.setdefault(path, set()).update(range(first, first + count))
    return {path: frozenset(lines) for path, lines in changes.items() if lines}


def _path(name: str) -> str:
    """Return a header's path, which git quotes as C does where it isn't plain ASCII."""
    if name.startswith('"'):
        raw: bytes = ast.literal_eval(f"b{name.rstrip()}")
        name = raw.decode(errors="surrogateescape")
    # git ends a name that has a space with a tab.
    name = name.removesuffix("\t")
    return name.removeprefix("b/") if name != "/dev/null" else ""


def diff_coverage(report: Files, changes: Changes, base: str) -> DiffCoverage:
    """Return what ran of the lines that changed and can run."""
    files = {}
    for path in sorted(report.keys() & changes.keys()):
        coverage, changed = report[path], changes[path]
        lines = {
            line: count for line, count in coverage.lines.items() if line in changed
        }
        branches = {
            branch: count
            for branch, count in coverage.branches.items()
            if branch.line in changed
        }
        if lines:
            files[path] = FileCoverage(lines, branches)
    return DiffCoverage(base, files)
