"""What is to be counted: each file of a run, and what tests saw of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.coverage_page.observations import Observations
from tools.coverage_page.records import FileCoverage


@dataclass(frozen=True)
class Task:
    """One file: what tests saw of it, as raw arcs with the tests of each."""

    path: str
    arcs: tuple[str, ...]
    tests: tuple[tuple[str, ...], ...]
    record: FileCoverage


@dataclass(frozen=True)
class Sources:
    """Where sources are read, and by which settings."""

    root: Path
    settings: Path


def tasks(observations: Observations, paths: Iterable[str]) -> list[Task]:
    """Return the tasks of a run's files."""
    found = []
    for path in paths:
        seen = observations.arcs.get(path, {})
        tests = tuple(tuple(targets) for targets in seen.values())
        record = observations.records.get(path, FileCoverage())
        found.append(Task(path, tuple(seen), tests, record))
    return found
