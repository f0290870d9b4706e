"""Counts what ran in each file of a run."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.coverage_page.analysis import Analyser, FileAnalysis
from tools.coverage_page.observations import Observations
from tools.coverage_page.records import FileCoverage, merge_files


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


class Counter:
    """Counts files one by one."""

    def __init__(self, sources: Sources) -> None:
        """Read the settings."""
        self._root = sources.root
        self._analyser = Analyser(sources.settings)

    def __call__(self, task: Task) -> FileCoverage:
        """Return a file's coverage."""
        return self.analysed(task, explain=False)[0]

    def analysed(
        self, task: Task, *, explain: bool
    ) -> tuple[FileCoverage, FileAnalysis | None]:
        """Return a file's coverage, and what it was counted from."""
        if not task.path.endswith(".py"):
            return task.record, None
        source = self._root / task.path
        analysis = self._analyser.analyse(source, task.arcs, explain=explain)
        counts = [len(tests) for tests in task.tests]
        return merge_files(task.record, analysis.counted(counts)), analysis


def tasks(observations: Observations, paths: Iterable[str]) -> list[Task]:
    """Return the tasks of a run's files."""
    found = []
    for path in paths:
        seen = observations.arcs.get(path, {})
        tests = tuple(tuple(targets) for targets in seen.values())
        record = observations.records.get(path, FileCoverage())
        found.append(Task(path, tuple(seen), tests, record))
    return found
