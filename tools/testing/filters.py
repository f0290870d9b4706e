"""Reads `--test_filter`: whatever names a test in pytest's output, in the JUnit XML or in Bazel's summary.

A name selects exactly the test, class, file or folder that has it, and a test with parameters also without them:
`libs/a/tests/test_x.py::TestX::test_y[1]`, `test_x.py::TestX`, `TestX::test_y`, `libs.a.tests.test_x.TestX.test_y`.
Several are separated by ` or `. A bare word, or any other expression, is pytest's `-k`, and matches parts of names too.
"""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# What a name has and a bare word, which `-k` takes, has not.
_NAME = re.compile(r"::|/|\[|\.")
_SEPARATOR = re.compile(r"::|[/.]")


@dataclass(frozen=True)
class Name:
    """A test's parts, `a.b.test_x`, `TestX` and `test_y`, and its parameters in brackets."""

    parts: tuple[str, ...]
    parameters: str

    @classmethod
    def parse(cls, text: str) -> Name:
        """Read any form of a name."""
        head, bracket, rest = text.partition("[")
        head = re.sub(r"\.py(?=::|$)", "", head.removeprefix("./").strip("/"))
        return cls(tuple(_SEPARATOR.split(head)), bracket + rest)

    def selects(self, test: Name) -> bool:
        """Return whether this is the test's name, or that of what it is in."""
        if self.parameters:
            # pytest writes what isn't ASCII, or can't be printed, as escapes.
            escaped = self.parameters.encode("unicode_escape").decode()
            if test.parameters not in (self.parameters, escaped):
                return False
            return test.parts[-len(self.parts) :] == self.parts
        length = len(self.parts)
        return any(
            test.parts[start : start + length] == self.parts
            for start in range(len(test.parts) - length + 1)
        )


def from_root(text: str, root: Path, files: Iterable[Path]) -> str:
    """Return a filter whose paths begin at the root, where an editor's begin at the workspace's."""
    for file in files:
        # Inputs are links into the workspace.
        workspace = os.path.realpath(file).removesuffix(os.path.relpath(file, root))
        text = text.replace(workspace, "")
    return text


def named(text: str, ids: Sequence[str]) -> set[str] | None:
    """Return the ids that a filter names, or None where it is for `-k` to read."""
    if not _NAME.search(text):
        return None
    tests = {test: Name.parse(test) for test in ids}
    for pieces in ([text], text.split(" or ")):
        names = [Name.parse(piece.strip()) for piece in pieces]
        found = {
            test
            for test, parts in tests.items()
            if any(name.selects(parts) for name in names)
        }
        if found:
            return found
    # An expression of `-k` may have brackets and dots as well, but no colons.
    return set() if "::" in text else None
