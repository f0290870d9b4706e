"""Analyses every file of a run, and writes its page on the way where one is wanted."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.coverage_page.analysis import Analyser
from tools.coverage_page.observations import Observations
from tools.coverage_page.pages import Site
from tools.coverage_page.records import FileCoverage, merge_files
from tools.coverage_page.views import build_file, read_source

# Fewer files are done sooner than other processes start.
_ALONE = 150
_CHUNK = 20


@dataclass(frozen=True)
class Task:
    """One file: what tests saw of it, as raw arcs with the tests of each."""

    path: str
    arcs: tuple[str, ...]
    tests: tuple[tuple[str, ...], ...]
    record: FileCoverage


@dataclass(frozen=True)
class Workshop:
    """Where sources are read, by which settings, and where pages go, if anywhere."""

    root: Path
    settings: Path
    site: Path | None


class _Worker:
    """Does tasks in one process."""

    def __init__(self, workshop: Workshop) -> None:
        self._root = workshop.root
        self._analyser = Analyser(workshop.settings)
        self._site = Site(workshop.site) if workshop.site else None

    def do(self, task: Task) -> FileCoverage:
        coverage = task.record
        analysis = None
        if task.path.endswith(".py"):
            source = self._root / task.path
            explain = self._site is not None
            analysis = self._analyser.analyse(source, task.arcs, explain=explain)
            counts = [len(tests) for tests in task.tests]
            coverage = merge_files(coverage, analysis.counted(counts))
        if self._site:
            text = read_source(self._root, task.path)
            self._site.write_file(
                build_file(task.path, text, coverage, analysis, task.tests)
            )
        return coverage


# A pool's process has no other place to keep its worker.
_workers: list[_Worker] = []


def _start(workshop: Workshop) -> None:
    _workers.append(_Worker(workshop))


def _do(task: Task) -> FileCoverage:
    return _workers[0].do(task)


def tasks(observations: Observations, paths: Iterable[str]) -> list[Task]:
    """Return the tasks of a run's files."""
    found = []
    for path in paths:
        seen = observations.arcs.get(path, {})
        tests = tuple(tuple(targets) for targets in seen.values())
        record = observations.records.get(path, FileCoverage())
        found.append(Task(path, tuple(seen), tests, record))
    return found


def assemble(work: Sequence[Task], workshop: Workshop) -> dict[str, FileCoverage]:
    """Return the coverage of every file, and write the pages."""
    if len(work) <= _ALONE:
        worker = _Worker(workshop)
        return {task.path: worker.do(task) for task in work}
    processes = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(
        processes, initializer=_start, initargs=(workshop,)
    ) as pool:
        done = pool.map(_do, work, chunksize=_CHUNK)
        return {task.path: coverage for task, coverage in zip(work, done, strict=True)}
