"""What the pages show, as data: built and tested before anything is rendered."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from tools.source_text.decoding import SourceError, decode_python
from tools.test_coverage.data.file_coverage import FileCoverage, Group
from tools.test_coverage.data.run import Point, Run
from tools.test_coverage.data.totals import Share, Totals, by_scope, of_file, of_files
from tools.test_coverage.html.highlight import highlighted, plain
from tools.test_coverage.report.floors import Floors, mark_of, missing_runs
from tools.workspace.settings import kind_of

# The trend's drawing, in the units of its viewBox.
_WIDTH, _HEIGHT = 120.0, 28.0


# The first and the last of lines in a row that never ran.
type Gap = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """A share, and the floor for it."""

    share: Share
    floor: float | None = None

    @property
    def mark(self) -> str:
        """How it stands to its floor."""
        return mark_of(self.share, self.floor)

    @property
    def margin(self) -> float:
        """The percent points above the floor."""
        return self.share.percent - (self.floor or 0)


@dataclass(frozen=True)
class ScopeRow:
    """One scope in the index; `change` is in percent points since the last run."""

    scope: str
    kind: str
    files: int
    lines: Cell
    branches: Cell
    change: float | None
    mark: str


@dataclass(frozen=True)
class FileRow:
    """One file in the index."""

    path: str
    totals: Totals
    gaps: tuple[Gap, ...] = ()

    @property
    def missing(self) -> int:
        """How many lines never ran."""
        return self.totals.lines.of - self.totals.lines.hit


@dataclass(frozen=True)
class Trend:
    """The repository's lines over its last runs."""

    change: float | None
    # Points of a polyline, the newest last; empty for a single run.
    line: str
    runs: int


@dataclass(frozen=True)
class Index:
    """The page of the whole repository."""

    run: Run
    commit: str
    time: str
    totals: Totals
    trend: Trend
    notices: tuple[str, ...]
    scopes: tuple[ScopeRow, ...]
    files: tuple[FileRow, ...]


class SourceLine(NamedTuple):
    """One line of a source; `state` is ran, partial, missed, excluded, or empty."""

    number: int
    code: Markup
    state: str = ""
    hits: int | None = None
    # Which of the page's sets of tests ran it.
    tests: int | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilePage:
    """The page of one file."""

    path: str
    totals: Totals
    lines: tuple[SourceLine, ...]
    test_sets: tuple[tuple[str, ...], ...] = ()
    gaps: tuple[Gap, ...] = ()


def build_index(run: Run, floors: Floors, notices: Sequence[str] = ()) -> Index:
    """Return the index of a run, which is the last in its own history."""
    now = run.history[-1]
    before = run.history[-2] if len(run.history) > 1 else None
    scopes = []
    for scope, files in by_scope(run.files).items():
        totals, floor = of_files(files.values()), floors.of(scope)
        was = before.scopes.get(scope) if before else None
        scopes.append(
            ScopeRow(
                scope,
                kind_of(scope) or "folder",
                len(files),
                Cell(totals.lines, floor.lines),
                Cell(totals.branches, floor.branches),
                None if was is None else totals.lines.percent - was,
                floor.mark_of(totals),
            )
        )
    return Index(
        run=run,
        commit=now.commit,
        time=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now.time)),
        totals=of_files(run.files.values()),
        trend=build_trend(run.history),
        notices=tuple(notices),
        scopes=tuple(scopes),
        files=tuple(
            FileRow(path, of_file(file), gaps_of(file))
            for path, file in sorted(run.files.items())
        ),
    )


def build_trend(history: Sequence[Point]) -> Trend:
    """Return the trend of the share of lines that ran."""
    shares = [Share(point.lines_hit, point.lines).percent for point in history]
    if len(shares) < 2:
        return Trend(None, "", len(shares))
    low, high = min(shares), max(shares)
    # A flat trend is a line in the middle.
    span = high - low or 1.0
    middle = 0.5 if high == low else 0.0
    step = _WIDTH / (len(shares) - 1)
    heights = [((share - low) / span + middle) * (_HEIGHT - 4) for share in shares]
    line = " ".join(
        f"{index * step:.1f},{_HEIGHT - 2 - height:.1f}"
        for index, height in enumerate(heights)
    )
    return Trend(shares[-1] - shares[-2], line, len(shares))


def build_file(path: str, source: str, coverage: FileCoverage) -> FilePage:
    """Return a file's page."""
    ran_by, sets = _tests_by_line(coverage.groups)
    rows = highlighted(source) if path.endswith(".py") else plain(source)
    untaken = coverage.untaken()
    lines = []
    for number, code in enumerate(rows, start=1):
        count = coverage.lines.get(number)
        reasons = tuple(untaken.get(number, ()))
        state = ""
        if count is not None:
            state = "missed" if not count else "partial" if reasons else "ran"
        elif number in coverage.excluded:
            state = "excluded"
        lines.append(
            SourceLine(number, code, state, count, ran_by.get(number), reasons)
        )
    return FilePage(path, of_file(coverage), tuple(lines), sets, gaps_of(coverage))


def gaps_of(coverage: FileCoverage) -> tuple[Gap, ...]:
    """Return the lines that never ran."""
    return tuple((lines[0], lines[-1]) for lines in missing_runs(coverage))


def _tests_by_line(
    groups: Sequence[Group],
) -> tuple[dict[int, int], tuple[tuple[str, ...], ...]]:
    """Return for each line the number of its set of tests, and the sets."""
    ran: dict[int, set[int]] = {}
    for index, group in enumerate(groups):
        for line in group.lines:
            ran.setdefault(line, set()).add(index)
    numbers: dict[tuple[str, ...], int] = {}
    by_groups: dict[frozenset[int], int] = {}
    by_line = {}
    for line in sorted(ran):
        key = frozenset(ran[line])
        if key not in by_groups:
            tests = {test for index in key for test in groups[index].tests}
            by_groups[key] = numbers.setdefault(tuple(sorted(tests)), len(numbers))
        by_line[line] = by_groups[key]
    return by_line, tuple(numbers)


def page_name(path: str) -> str:
    """Return where a file's page is, below the site's folder."""
    return f"files/{path}.html"


def read_source(root: Path, path: str) -> str:
    """Return the text of a source, whatever its encoding."""
    data = (root / path).read_bytes()
    try:
        return decode_python(data)
    except SourceError:
        return data.decode(errors="replace")
