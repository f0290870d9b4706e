"""What the pages show, as data: built and tested before anything is rendered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from tools.coverage_page.floors import Floors
from tools.coverage_page.highlight import highlighted, plain
from tools.coverage_page.records import FileCoverage, Report
from tools.coverage_page.saved import Point
from tools.coverage_page.totals import (
    Share,
    Totals,
    by_scope,
    of_file,
    of_files,
    scope_of,
)
from tools.source_text.decoding import SourceError, decode_python

if TYPE_CHECKING:
    # Importing coverage.py takes longer than building an index.
    from tools.coverage_page.analysis import FileAnalysis

_KINDS = {"libs": "library", "services": "service", "tools": "tool"}
# The trend's drawing, in the units of its viewBox.
_WIDTH, _HEIGHT = 120.0, 28.0


@dataclass(frozen=True)
class Cell:
    """A share, the floor that it is held to, and whether it is under it."""

    share: Share
    floor: float | None = None

    @property
    def is_under(self) -> bool:
        """Whether the floor isn't reached."""
        return self.floor is not None and self.share.percent < self.floor


@dataclass(frozen=True)
class ScopeRow:
    """One scope in the index; `change` is in percent points since the last run."""

    scope: str
    kind: str
    files: int
    lines: Cell
    branches: Cell
    change: float | None


@dataclass(frozen=True)
class FileRow:
    """One file in the index."""

    path: str
    scope: str
    totals: Totals

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

    commit: str
    time: str
    totals: Totals
    trend: Trend
    notices: tuple[str, ...]
    scopes: tuple[ScopeRow, ...]
    files: tuple[FileRow, ...]
    tests: int
    # Tests that passed and aren't measured, by name.
    unmeasured: tuple[str, ...] = ()


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
    test_sets: tuple[tuple[str, ...], ...] = field(default=())


def build_index(
    report: Report,
    floors: Floors,
    history: Sequence[Point],
    notices: Sequence[str],
    run: Mapping[str, str],
) -> Index:
    """Return the index; the history's last point is this run."""
    before = history[-2] if len(history) > 1 else None
    scopes = []
    for scope, files in by_scope(report).items():
        totals, floor = of_files(files.values()), floors.of(scope)
        was = before.scopes.get(scope) if before else None
        scopes.append(
            ScopeRow(
                scope,
                _KINDS.get(scope.partition("/")[0], "folder"),
                len(files),
                Cell(totals.lines, floor.lines),
                Cell(totals.branches, floor.branches),
                None if was is None else totals.lines.percent - was,
            )
        )
    return Index(
        commit=run["commit"],
        time=run["time"],
        totals=of_files(report.values()),
        trend=build_trend(history),
        notices=tuple(notices),
        scopes=tuple(scopes),
        files=tuple(
            FileRow(path, scope_of(path), of_file(coverage))
            for path, coverage in sorted(report.items())
        ),
        tests=int(run["tests"]),
        unmeasured=tuple(filter(None, run.get("unmeasured", "").split(", "))),
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


def build_file(
    path: str,
    source: str,
    coverage: FileCoverage,
    analysis: FileAnalysis | None = None,
    tests: Sequence[Sequence[str]] = (),
) -> FilePage:
    """Return a file's page; `tests` are those of each of the analysis's runs."""
    ran_by, sets = _tests_by_line(analysis, tests)
    rows = highlighted(source) if path.endswith(".py") else plain(source)
    untaken: dict[int, list[str]] = {}
    for branch, reason in sorted(analysis.missing.items()) if analysis else ():
        untaken.setdefault(branch.line, []).append(reason)
    excluded = analysis.excluded if analysis else frozenset()
    lines = []
    for number, code in enumerate(rows, start=1):
        count = coverage.lines.get(number)
        state = ""
        if count is not None:
            state = "missed" if not count else "partial" if number in untaken else "ran"
        elif number in excluded:
            state = "excluded"
        reasons = tuple(untaken.get(number, ()))
        lines.append(
            SourceLine(number, code, state, count, ran_by.get(number), reasons)
        )
    return FilePage(path, of_file(coverage), tuple(lines), sets)


def _tests_by_line(
    analysis: FileAnalysis | None, tests: Sequence[Sequence[str]]
) -> tuple[dict[int, int], tuple[tuple[str, ...], ...]]:
    """Return for each line the number of its set of tests, and the sets."""
    groups: dict[int, set[int]] = {}
    for index, ran in enumerate(analysis.runs if analysis else ()):
        for line in ran.lines:
            groups.setdefault(line, set()).add(index)
    numbers: dict[tuple[str, ...], int] = {}
    by_groups: dict[frozenset[int], int] = {}
    by_line = {}
    for line in sorted(groups):
        key = frozenset(groups[line])
        if key not in by_groups:
            names = tuple(sorted({test for group in key for test in tests[group]}))
            by_groups[key] = numbers.setdefault(names, len(numbers))
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
