"""Counts what ran in each file of a run."""

from tools.coverage_page.analysis import Analyser, FileAnalysis
from tools.coverage_page.records import FileCoverage, merge_files
from tools.coverage_page.tasks import Sources, Task


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
