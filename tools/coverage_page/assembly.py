"""Counts every file of a run, and writes its page on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.coverage_page.counting import Counter, Sources, Task
from tools.coverage_page.pages import Site
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.views import build_file, read_source
from tools.coverage_page.workers import spread


@dataclass(frozen=True)
class Workshop:
    """Where sources are, and where pages go, if anywhere."""

    sources: Sources
    site: Path | None


class _Writer:
    """Counts files one by one, and writes their pages."""

    def __init__(self, workshop: Workshop) -> None:
        self._root = workshop.sources.root
        self._counter = Counter(workshop.sources)
        self._site = Site(workshop.site) if workshop.site else None

    def __call__(self, task: Task) -> FileCoverage:
        if not self._site:
            return self._counter(task)
        coverage, analysis = self._counter.analysed(task, explain=True)
        text = read_source(self._root, task.path)
        page = build_file(task.path, text, coverage, analysis, task.tests)
        self._site.write_file(page)
        return coverage


def assemble(work: Sequence[Task], workshop: Workshop) -> dict[str, FileCoverage]:
    """Return the coverage of every file, with the pages written."""
    done = spread(work, _Writer, workshop)
    return {task.path: coverage for task, coverage in zip(work, done, strict=True)}
