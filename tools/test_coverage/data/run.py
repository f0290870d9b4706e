"""A run of tests as data: what the report generator leaves, the page reads, and a checkout keeps.

One form for all of them: JSON, compressed. Whoever reads it needs neither the tests'
own reports nor coverage.py.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tools.test_coverage.data.file_coverage import (
    Branch,
    FileCoverage,
    Function,
    Group,
)
from tools.test_coverage.data.totals import by_scope, of_files

# Its name where the report generator leaves it.
DATA = "coverage.json.gz"
# Another form of the file gets another number, and is as good as no run.
_FORM = 3
# Points of the trend that are kept.
_KEPT = 60


@dataclass(frozen=True)
class Point:
    """One run in the trend: its commit, its time in seconds, and its totals."""

    commit: str
    time: int
    lines_hit: int
    lines: int
    branches_hit: int
    branches: int
    # Percentages of lines by scope.
    scopes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What tests ran of which files, and the runs before it."""

    files: dict[str, FileCoverage] = field(default_factory=dict)
    tests: frozenset[str] = frozenset()
    # Tests that left nothing: they failed, or passed and are no pytest_test.
    failed: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    # The digest of the lcov report beside it, and when it was written, in seconds.
    report: str = ""
    time: int = 0
    history: tuple[Point, ...] = ()


def digest(parts: Iterable[bytes]) -> str:
    """Return the digest of several texts; no other cut of the same bytes has it."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(b"%d:" % len(part))
        whole.update(part)
    return whole.hexdigest()


def with_point(run: Run, commit: str) -> tuple[Point, ...]:
    """Return the history with a run's own point, which replaces one of the same numbers."""
    totals = of_files(run.files.values())
    scopes = {
        scope: round(of_files(files.values()).lines.percent, 2)
        for scope, files in by_scope(run.files).items()
    }
    lines, branches = totals.lines, totals.branches
    new = Point(
        commit, run.time, lines.hit, lines.of, branches.hit, branches.of, scopes
    )
    kept = list(run.history)
    if kept and asdict(kept[-1]) | {"time": run.time} == asdict(new):
        kept.pop()
    return (*kept, new)[-_KEPT:]


def save(path: Path, run: Run) -> None:
    """Write a run, whole or not at all."""
    whole = {
        "form": _FORM,
        "files": {name: pack(file) for name, file in run.files.items()},
        "tests": sorted(run.tests),
        "failed": run.failed,
        "unmeasured": run.unmeasured,
        "report": run.report,
        "time": run.time,
        "history": [asdict(point) for point in run.history],
    }
    text = json.dumps(whole, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    # No time in it: the same run has the same bytes.
    partial.write_bytes(gzip.compress(text.encode(), compresslevel=1, mtime=0))
    partial.replace(path)


def load(path: Path) -> Run | None:
    """Return the run in a file, or None where there is none that can be read."""
    try:
        # Any: what a file that someone else wrote holds.
        whole: Any = json.loads(gzip.decompress(path.read_bytes()))
        if whole["form"] != _FORM:
            return None
        return Run(
            {name: _unpack(packed) for name, packed in whole["files"].items()},
            frozenset(whole["tests"]),
            tuple(whole["failed"]),
            tuple(whole["unmeasured"]),
            whole["report"],
            whole["time"],
            tuple(Point(**point) for point in whole["history"]),
        )
    except OSError, EOFError, ValueError, LookupError, TypeError:
        return None


def pack(file: FileCoverage) -> list[object]:
    """Return a file's coverage as JSON takes it: pairs in place of mappings."""
    return [
        sorted(file.lines.items()),
        sorted(file.branches.items()),
        sorted(file.functions.items()),
        [
            (group.tests, sorted(group.lines), sorted(group.branches))
            for group in file.groups
        ],
        [(function, sorted(body)) for function, body in file.bodies.items()],
        sorted(file.excluded),
        sorted(file.reasons.items()),
        file.source,
        file.key,
    ]


def _unpack(packed: Sequence[Any]) -> FileCoverage:  # as pack gives it
    lines, branches, functions, groups, bodies, excluded, reasons, *digests = packed
    return FileCoverage(
        dict(lines),
        {Branch(*branch): count for branch, count in branches},
        {Function(*function): count for function, count in functions},
        tuple(
            Group(
                tuple(tests),
                frozenset(ran),
                frozenset(Branch(*branch) for branch in taken),
            )
            for tests, ran, taken in groups
        ),
        {Function(*function): frozenset(body) for function, body in bodies},
        frozenset(excluded),
        {Branch(*branch): reason for branch, reason in reasons},
        *digests,
    )
