"""Checks scopes and changed lines against the floors in coverage.toml."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from tools.test_coverage.data.file_coverage import CoverageError, FileCoverage, Files
from tools.test_coverage.data.totals import Share, Totals, by_scope, of_files

# How many runs of lines a shortfall names.
_NAMED = 5
# So many points above a floor, a few new lines without a test are enough to miss it.
NEAR = 3.0
_MARKS = ("", "near", "under")


class FloorsError(CoverageError):
    """coverage.toml can't be used."""


def mark_of(share: Share, least: float | None) -> str:
    """Return how a share stands to its floor: `under` it, `near` above it, or neither."""
    if least is None or share.percent >= min(least + NEAR, 100):
        return ""
    return "under" if share.percent < least else "near"


@dataclass(frozen=True)
class Floor:
    """The least percentages; None asks for nothing."""

    lines: float | None = None
    branches: float | None = None

    def over(self, general: Floor) -> Floor:
        """Return this floor, with the general one where it says nothing."""
        return Floor(
            general.lines if self.lines is None else self.lines,
            general.branches if self.branches is None else self.branches,
        )

    def mark_of(self, totals: Totals) -> str:
        """Return the worse mark of the two kinds."""
        pairs = ((totals.lines, self.lines), (totals.branches, self.branches))
        return max((mark_of(*pair) for pair in pairs), key=_MARKS.index)

    def missed_by(self, totals: Totals) -> Iterator[tuple[str, float, Share]]:
        """Yield the kinds of coverage that are under the floor, with floor and share."""
        pairs = (
            ("lines", self.lines, totals.lines),
            ("branches", self.branches, totals.branches),
        )
        for kind, least, got in pairs:
            if least is not None and got.percent < least:
                yield kind, least, got


@dataclass(frozen=True)
class Floors:
    """What coverage.toml says."""

    general: Floor = Floor()
    scopes: Mapping[str, Floor] = field(default_factory=dict)
    diff: Floor = Floor()

    def of(self, scope: str) -> Floor:
        """Return the floor of a scope."""
        return self.scopes.get(scope, Floor()).over(self.general)


@dataclass(frozen=True)
class Gap:
    """Lines in a row that never ran, and what running them would add to the scope."""

    path: str
    first: int
    last: int
    size: int
    gain: float


@dataclass(frozen=True)
class Shortfall:
    """A scope under its floor."""

    scope: str
    kind: str
    floor: float
    got: Share
    gaps: tuple[Gap, ...] = ()


def read_floors(path: Path) -> Floors:
    """Return the floors in a file; no file asks for nothing."""
    if not path.exists():
        return Floors()
    try:
        tables = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise FloorsError(f"{path}: found text that isn't TOML ({error}).") from error
    _check_keys(path, "", tables, ("floor", "diff"))
    general = dict(tables.get("floor", {}))
    scopes = {key: general.pop(key) for key in list(general) if _is_table(general[key])}
    return Floors(
        general=_floor(path, "floor", general),
        scopes={
            scope: _floor(path, f'floor."{scope}"', scopes[scope]) for scope in scopes
        },
        diff=_floor(path, "diff", tables.get("diff", {})),
    )


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _floor(path: Path, name: str, table: Mapping[str, object]) -> Floor:
    _check_keys(path, name, table, ("lines", "branches"))
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FloorsError(
                f"{path}: {name}.{key} is {value!r}, wanted a percentage."
            )
        if not 0 <= value <= 100:
            raise FloorsError(f"{path}: {name}.{key} is {value}, wanted 0 to 100.")
    # The loop has shown that these are numbers.
    # pyrefly: ignore[bad-argument-type]
    return Floor(table.get("lines"), table.get("branches"))


def _check_keys(
    path: Path, name: str, table: Mapping[str, object], allowed: tuple[str, ...]
) -> None:
    unknown = sorted(set(table) - set(allowed))
    if unknown:
        where = f"[{name}] " if name else ""
        found = ", ".join(f'"{key}"' for key in unknown)
        wanted = ", ".join(f'"{key}"' for key in allowed)
        raise FloorsError(f"{path}: {where}has {found}, wanted one of {wanted}.")


def shortfalls(report: Files, floors: Floors) -> list[Shortfall]:
    """Return the scopes under their floor, and those with a floor and no file."""
    found = []
    scopes = by_scope(report)
    for scope in sorted(set(floors.scopes) - set(scopes)):
        floor = floors.of(scope)
        wanted = floor.lines if floor.lines is not None else floor.branches or 0.0
        found.append(Shortfall(scope, "files", wanted, Share()))
    for scope, files in scopes.items():
        totals = of_files(files.values())
        for kind, floor_of_kind, got in floors.of(scope).missed_by(totals):
            gaps = tuple(largest_gaps(files, totals)) if kind == "lines" else ()
            found.append(Shortfall(scope, kind, floor_of_kind, got, gaps))
    return found


def largest_gaps(files: Files, totals: Totals) -> list[Gap]:
    """Return the longest runs of lines that never ran, the longest first."""
    gaps = [
        Gap(path, lines[0], lines[-1], len(lines), 100 * len(lines) / totals.lines.of)
        for path, coverage in files.items()
        for lines in missing_runs(coverage)
    ]
    return sorted(gaps, key=lambda gap: (-gap.size, gap.path, gap.first))[:_NAMED]


def missing_runs(coverage: FileCoverage) -> list[list[int]]:
    """Return the lines that never ran, those with nothing run between them together."""
    runs = groupby(sorted(coverage.lines.items()), key=lambda item: item[1] > 0)
    return [[line for line, _count in run] for ran, run in runs if not ran]


def verdict(report: Files, found: Iterable[Shortfall]) -> str:
    """Return the report in a line."""
    totals = of_files(report.values())
    said = f"coverage: {totals.lines.text} of lines, {totals.branches.text} of branches"
    under = sorted({shortfall.scope for shortfall in found})
    return said + (f"; under the floor: {', '.join(under)}" if under else "")


def table(found: list[Shortfall]) -> str:
    """Return shortfalls for a terminal: scope, floor, got, and where to begin."""
    rows = [("scope", "of", "floor", "got", "missing")]
    for shortfall in found:
        got = shortfall.got
        rows.append(
            (
                shortfall.scope,
                shortfall.kind,
                f"{shortfall.floor:g} %",
                got.text if shortfall.kind != "files" else "no file",
                str(got.of - got.hit),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row, gaps in zip(
        rows, [(), *(shortfall.gaps for shortfall in found)], strict=True
    ):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
        lines += [f"    {_begin(gap)}" for gap in gaps]
    return "\n".join(lines)


def _begin(gap: Gap) -> str:
    where = f"{gap.path}:{gap.first}" + (
        f"-{gap.last}" if gap.last != gap.first else ""
    )
    return f"{where}  {gap.size} lines, +{gap.gain:.1f} %"
