"""Works out what could have run in a Python file, and counts what did, by coverage.py's own analysis."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from coverage import Coverage
from coverage.data import CoverageData
from coverage.exceptions import CoverageException
from coverage.python import PythonFileReporter
from coverage.results import Analysis, analysis_from_file_reporter

from tools.coverage_page.observations import Arc, parse_arcs
from tools.coverage_page.records import Branch, FileCoverage, Function


class AnalysisError(Exception):
    """A source can't be analysed."""


class _Seen:
    """The part of coverage.py's data that its analysis asks for, holding one file's arcs."""

    def __init__(self, arcs: Iterable[Arc]) -> None:
        self._arcs = list(arcs)

    def has_arcs(self) -> bool:
        return True

    def arcs(self, _filename: str) -> list[Arc]:
        return self._arcs

    def lines(self, _filename: str) -> list[int]:
        return list({line for arc in self._arcs for line in arc if line > 0})


class Analyser:
    """Analyses files by the settings in pyproject.toml: which lines are excluded, which branches don't count."""

    def __init__(self, settings: Path) -> None:
        self._coverage = Coverage(data_file=None, config_file=str(settings))
        # A path stays as it is given; the sources of a build are symbolic links.
        self._coverage.set_option("run:relative_files", True)

    def analyse(self, source: Path, seen: Mapping[str, int]) -> FileCoverage:
        """Return the counts of a file.

        Args:
            source: the file.
            seen: raw arcs, and how many tests saw just these.
        """
        reporter = PythonFileReporter(str(source), self._coverage)
        try:
            possible = _analysis(reporter, ())
        except CoverageException as error:
            raise AnalysisError(
                f"{source}: found text that can't be parsed as Python, wanted a module ({error}).\n"
                "Fix: mend the file, or take it out of its target's srcs."
            ) from error
        lines = Counter(dict.fromkeys(possible.statements, 0))
        ways = Counter(dict.fromkeys(_ways_out(possible), 0))
        for arcs, count in seen.items():
            analysis = _analysis(reporter, parse_arcs(arcs))
            lines.update(dict.fromkeys(analysis.executed, count))
            ways.update(dict.fromkeys(_executed(analysis), count))
        return FileCoverage(dict(lines), _branches(ways), _functions(reporter, lines))


def _analysis(reporter: PythonFileReporter, arcs: Iterable[Arc]) -> Analysis:
    data = cast(CoverageData, _Seen(arcs))
    return analysis_from_file_reporter(data, 2, reporter, reporter.filename)


def _executed(analysis: Analysis) -> list[Arc]:
    return [
        (line, target)
        for line, targets in analysis.executed_branch_arcs().items()
        for target in targets
    ]


def _ways_out(possible: Analysis) -> list[Arc]:
    """Return every branch, of an analysis in which nothing ran."""
    return [
        (line, target)
        for line, targets in possible.missing_branch_arcs().items()
        for target in targets
    ]


def _branches(ways: Mapping[Arc, int]) -> dict[Branch, int]:
    """Return the branches by their target lines; coverage.py's is negative for an exit."""
    exits: defaultdict[int, list[int]] = defaultdict(list)
    for line, target in sorted(ways):
        if target < 0:
            exits[line].append(target)
    return {
        (
            Branch(line, 0, target)
            if target > 0
            else Branch(line, exits[line].index(target), 0)
        ): count
        for (line, target), count in ways.items()
    }


def _functions(
    reporter: PythonFileReporter, lines: Mapping[int, int]
) -> dict[Function, int]:
    """Return the functions; one ran as often as the line of its body that ran most."""
    functions: dict[Function, int] = {}
    names: set[str] = set()
    for region in reporter.code_regions():
        statements = region.lines & lines.keys()
        if region.kind != "function" or not statements:
            continue
        # lcov counts by name, so a second definition gets a name of its own, as in coverage.py's report.
        name = f"{region.name}@{region.start}" if region.name in names else region.name
        names.add(name)
        functions[Function(region.start, name)] = max(
            lines[line] for line in statements
        )
    return functions
