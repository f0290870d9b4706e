"""Keeps the last run, so that a run of some tests can carry the rest forward.

A saved run holds what each test saw and the digest of every file. What a test saw of a
file that has changed since is dropped, and said to be.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tools.coverage_page import lcov
from tools.coverage_page.observations import Observations
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.totals import Totals

# Another form of the file gets another number, and is as good as no saved run.
_FORM = 2
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


@dataclass
class SavedRun:
    """What a run saw, of which files, and the runs before it."""

    observations: Observations
    digests: dict[str, str]
    history: list[Point] = field(default_factory=list)


@dataclass(frozen=True)
class Carried:
    """What was carried forward, and what couldn't be."""

    tests: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def digest(source: Path) -> str:
    """Return the digest of a file; empty where there is none."""
    if not source.is_file():
        return ""
    return hashlib.sha256(source.read_bytes()).hexdigest()


def point(commit: str, time: int, totals: Totals, scopes: dict[str, Totals]) -> Point:
    """Return a run's point in the trend."""
    return Point(
        commit,
        time,
        totals.lines.hit,
        totals.lines.of,
        totals.branches.hit,
        totals.branches.of,
        {scope: round(of.lines.percent, 2) for scope, of in scopes.items()},
    )


def carry(new: Observations, saved: SavedRun, root: Path) -> Carried:
    """Add to `new` what the saved run's other tests saw of files that didn't change."""
    digests = {path: digest(root / path) for path in saved.observations.paths()}
    same = {path for path in digests if digests[path] == saved.digests.get(path)}
    tests: set[str] = set()
    lost: set[str] = set()
    for path, groups in saved.observations.arcs.items():
        for arcs, targets in groups.items():
            others = [target for target in targets if target not in new.tests]
            if others and path in same:
                new.arcs.setdefault(path, {}).setdefault(arcs, []).extend(others)
                tests.update(others)
            elif others and digests[path]:
                lost.add(path)
    for path, found in digests.items():
        # A file stays named while it is there; counts of another text don't.
        if found and path not in new.records:
            record = saved.observations.records.get(path) if path in same else None
            new.records[path] = record or FileCoverage()
    new.tests |= tests
    new.reports |= saved.observations.reports
    return Carried(frozenset(tests), frozenset(lost))


def with_point(history: Iterable[Point], new: Point) -> list[Point]:
    """Return the history with a new point, which replaces one of the same numbers."""
    kept = list(history)
    if kept and asdict(kept[-1]) | {"time": 0} == asdict(new) | {"time": 0}:
        kept.pop()
    return [*kept, new][-_KEPT:]


def save(path: Path, run: SavedRun) -> None:
    """Write a run, whole or not at all."""
    observations = run.observations
    whole = {
        "form": _FORM,
        "arcs": observations.arcs,
        "records": lcov.written(observations.records),
        "tests": sorted(observations.tests),
        "reports": sorted(observations.reports),
        "digests": run.digests,
        "history": [asdict(entry) for entry in run.history],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with gzip.open(partial, "wt", compresslevel=1, encoding="utf-8") as stream:
        json.dump(whole, stream, separators=(",", ":"))
    partial.replace(path)


def load(path: Path) -> SavedRun | None:
    """Return the saved run, or None where there is none that can be read."""
    if not path.exists():
        return None
    try:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            whole = json.load(stream)
    except OSError, EOFError, ValueError:
        return None
    if whole.get("form") != _FORM:
        return None
    records = lcov.read(whole["records"], str(path))
    observations = Observations(
        whole["arcs"], records, set(whole["tests"]), set(whole["reports"])
    )
    history = [Point(**entry) for entry in whole["history"]]
    return SavedRun(observations, whole["digests"], history)
