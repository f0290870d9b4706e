"""The coverage of one file, as the report generator makes it and everything else reads it.

A *count* is how many tests (or shards, which report alone) ran a line or took a branch.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple


class CoverageError(Exception):
    """What this tool knows how to say: the base of its exceptions."""


class Branch(NamedTuple):
    """One way out of a line that has several.

    `target` is the line that it jumps to, or 0 where it leaves the function or the
    module. `block` tells several exits of one line apart, as a lambda makes them.
    """

    line: int
    block: int
    target: int


class Function(NamedTuple):
    """A function by the line of its `def` and its qualified name."""

    line: int
    name: str


@dataclass(frozen=True)
class Group:
    """Tests that ran the same of a file, and what they ran; a test is named once a shard."""

    tests: tuple[str, ...]
    lines: frozenset[int]
    branches: frozenset[Branch]


@dataclass(frozen=True)
class FileCoverage:
    """Counts of everything executable in one file; 0 where nothing ran it."""

    lines: Mapping[int, int] = field(default_factory=dict)
    branches: Mapping[Branch, int] = field(default_factory=dict)
    functions: Mapping[Function, int] = field(default_factory=dict)
    # What follows is known of Python that was analysed.
    groups: tuple[Group, ...] = ()
    bodies: Mapping[Function, frozenset[int]] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()
    # Why a branch of a line that ran was never taken.
    reasons: Mapping[Branch, str] = field(default_factory=dict)
    # Digests of the source with what analysed it, and of all that the counts depend on.
    source: str = ""
    key: str = ""

    def with_groups(self, groups: tuple[Group, ...]) -> FileCoverage:
        """Return the coverage of the same file where these groups of tests ran."""
        lines, branches = dict(self.lines), dict(self.branches)
        for sign, changed in ((-1, self.groups), (1, groups)):
            for group in changed:
                count = sign * len(group.tests)
                for line in group.lines:
                    lines[line] += count
                for branch in group.branches:
                    branches[branch] += count
        # A function ran as often as the line of its body that ran most.
        ran = {
            function: max(lines[line] for line in body)
            for function, body in self.bodies.items()
        }
        functions = {**self.functions, **ran}
        return replace(
            self, lines=lines, branches=branches, functions=functions, groups=groups
        )

    def untaken(self) -> Mapping[int, list[str]]:
        """Return, for each line that ran, why branches of it were never taken."""
        lines: defaultdict[int, list[str]] = defaultdict(list)
        for branch, count in sorted(self.branches.items()):
            if not count and self.lines.get(branch.line):
                reason = f"a branch of line {branch.line} was never taken"
                lines[branch.line].append(self.reasons.get(branch, reason))
        return lines


Files = Mapping[str, FileCoverage]


def added[Key](left: Mapping[Key, int], right: Mapping[Key, int]) -> dict[Key, int]:
    """Return the counts of both."""
    total = dict(left)
    for key, count in right.items():
        total[key] = total.get(key, 0) + count
    return total


def merged(files: Iterable[FileCoverage]) -> FileCoverage:
    """Return the counts that several reports have of one file."""
    total = FileCoverage()
    for file in files:
        total = FileCoverage(
            added(total.lines, file.lines),
            added(total.branches, file.branches),
            added(total.functions, file.functions),
        )
    return total
