"""Reads and writes lcov, the form of Bazel's combined report.

Format: FILES in geninfo(1) of https://github.com/linux-test-project/lcov. A branch's
number is the line that it jumps to, or 0 for an exit: the report explains itself.
"""

import re
from collections.abc import Iterable

from tools.test_coverage.data.file_coverage import (
    Branch,
    CoverageError,
    FileCoverage,
    Files,
    Function,
    merged,
)

_NUMBER = re.compile(r"\d+")


class LcovError(CoverageError):
    """A report isn't lcov."""


def write(report: Files) -> str:
    """Return a report as lcov, files and lines in order."""
    return "".join(_file(path, report[path]) for path in sorted(report))


def _file(path: str, coverage: FileCoverage) -> str:
    functions = sorted(coverage.functions.items())
    branches = sorted(coverage.branches.items())
    lines = sorted(coverage.lines.items())
    rows = ["TN:", f"SF:{path}"]
    rows += [f"FN:{function.line},{function.name}" for function, _ in functions]
    rows += [f"FNDA:{count},{function.name}" for function, count in functions]
    rows += [f"FNF:{len(functions)}", f"FNH:{_hit(coverage.functions.values())}"]
    for (line, block, target), count in branches:
        # A dash: the line never ran, so no side of it could be taken.
        taken = count if count or coverage.lines.get(line) else "-"
        rows.append(f"BRDA:{line},{block},{target},{taken}")
    rows += [f"BRF:{len(branches)}", f"BRH:{_hit(coverage.branches.values())}"]
    rows += [f"DA:{line},{count}" for line, count in lines]
    rows += [f"LF:{len(lines)}", f"LH:{_hit(coverage.lines.values())}"]
    return "\n".join([*rows, "end_of_record", ""])


def _hit(counts: Iterable[int]) -> int:
    return sum(1 for count in counts if count)


class _Reader:
    """Takes the lines of one file's record."""

    def __init__(self) -> None:
        self.path = ""
        self.lines: dict[int, int] = {}
        self.branches: dict[Branch, int] = {}
        self.function_lines: dict[str, int] = {}
        self.function_counts: dict[str, int] = {}

    def take(self, kind: str, value: str) -> None:
        """Take one line; a kind that counts nothing is skipped."""
        if kind == "DA":
            line, count, *_checksum = value.split(",")
            self.lines[int(line)] = self.lines.get(int(line), 0) + int(count)
        elif kind == "BRDA":
            line, block, branch, taken = value.split(",", 3)
            key = Branch(int(line), _number(block), _number(branch))
            times = 0 if taken == "-" else int(taken)
            self.branches[key] = self.branches.get(key, 0) + times
        elif kind == "FN":
            # The end of the function may stand between its start and its name.
            line, *_end, name = value.split(",", 2)
            self.function_lines[name] = int(line)
        elif kind == "FNDA":
            count_text, name = value.split(",", 1)
            self.function_counts[name] = self.function_counts.get(name, 0) + int(
                count_text
            )
        elif kind == "SF":
            self.path = value

    def coverage(self) -> FileCoverage:
        """Return what was taken."""
        functions = {
            Function(line, name): self.function_counts.get(name, 0)
            for name, line in self.function_lines.items()
        }
        return FileCoverage(self.lines, self.branches, functions)


def _number(text: str) -> int:
    """Return the number in a name, which other tools may write in words."""
    found = _NUMBER.search(text)
    return int(found[0]) if found else 0


def read(text: str, origin: str) -> dict[str, FileCoverage]:
    """Return the files of an lcov report.

    Raises:
        LcovError: where the text isn't lcov; `origin` says whose text it is.
    """
    report: dict[str, FileCoverage] = {}
    reader = _Reader()
    for number, row in enumerate(text.splitlines(), start=1):
        if row == "end_of_record":
            if not reader.path:
                raise LcovError(
                    f"{origin}:{number}: found a record's end, wanted an SF line first."
                )
            known = report.get(reader.path, FileCoverage())
            report[reader.path] = merged([known, reader.coverage()])
            reader = _Reader()
            continue
        kind, _, value = row.partition(":")
        try:
            reader.take(kind, value)
        except ValueError as error:
            raise LcovError(
                f'{origin}:{number}: found "{row}", wanted a line of lcov ({error}).'
            ) from error
    if reader.path:
        raise LcovError(
            f"{origin}: found the start of {reader.path}'s record, wanted its end too."
        )
    return report
