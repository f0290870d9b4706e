"""Counts every file of a run, and writes the pages of those that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.coverage_page.ledger import Ledger, counted
from tools.coverage_page.pages import Site
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.tasks import Sources, Task


@dataclass(frozen=True)
class Workshop:
    """Where sources are, where counts are remembered, and where pages go, if anywhere.

    A site remembers its own counts, in step with its pages.
    """

    sources: Sources
    ledger: Path
    site: Path | None


def assemble(work: Sequence[Task], workshop: Workshop) -> dict[str, FileCoverage]:
    """Return the coverage of every file, with the pages written."""

    def count(fresh: Sequence[Task]) -> list[FileCoverage]:
        # Most runs find little to count, and importing coverage.py takes longer than they.
        from tools.coverage_page.workers import spread  # noqa: PLC0415
        from tools.coverage_page.writer import Writer  # noqa: PLC0415

        return spread(fresh, Writer, workshop)

    if not workshop.site:
        ledger = Ledger(workshop.ledger, workshop.sources)
        report = counted(work, ledger, count)
        ledger.save()
        return report
    site = Site(workshop.site)
    ledger = Ledger(site.mark, workshop.sources)
    report = counted(work, ledger, count, site.keep)
    ledger.save(site.folder / site.mark.name)
    return report
