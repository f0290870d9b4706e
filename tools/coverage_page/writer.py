"""Counts files one by one, and writes their pages."""

from tools.coverage_page.assembly import Workshop
from tools.coverage_page.counting import Counter
from tools.coverage_page.pages import Site
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.tasks import Task
from tools.coverage_page.views import build_file, read_source


class Writer:
    """Gives a file's coverage, with its page written."""

    def __init__(self, workshop: Workshop) -> None:
        """Read the settings and the templates."""
        self._root = workshop.sources.root
        self._counter = Counter(workshop.sources)
        self._site = Site(workshop.site) if workshop.site else None

    def __call__(self, task: Task) -> FileCoverage:
        """Return a file's coverage."""
        if not self._site:
            return self._counter(task)
        coverage, analysis = self._counter.analysed(task, explain=True)
        text = read_source(self._root, task.path)
        page = build_file(task.path, text, coverage, analysis, task.tests)
        self._site.write_file(page)
        return coverage
