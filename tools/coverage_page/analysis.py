"""Works out by coverage.py's analysis what could run in a Python file, and what did."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from coverage import Coverage
from coverage.data import CoverageData
from coverage.exceptions import CoverageException
from coverage.plugin import CodeRegion
from coverage.python import PythonFileReporter
from coverage.regions import RegionFinder
from coverage.results import Analysis, analysis_from_file_reporter

from tools.coverage_page.observations import Arc, parse_arcs
from tools.coverage_page.records import Branch, CoverageError, FileCoverage, Function


class AnalysisError(CoverageError):
    """A source can't be analysed."""


@dataclass(frozen=True)
class Ran:
    """What ran of a file in tests that saw the same arcs."""

    lines: frozenset[int]
    branches: frozenset[Branch]


@dataclass(frozen=True)
class FileAnalysis:
    """What could run in a file, and what did for each group of tests."""

    lines: frozenset[int]
    branches: frozenset[Branch]
    excluded: frozenset[int]
    functions: Mapping[Function, frozenset[int]]
    runs: tuple[Ran, ...]
    # Why a branch was never taken, for those of lines that ran.
    missing: Mapping[Branch, str]

    def counted(self, counts: Sequence[int]) -> FileCoverage:
        """Return the counts, where the tests of each group are this many."""
        lines = dict.fromkeys(self.lines, 0)
        branches = dict.fromkeys(self.branches, 0)
        for ran, count in zip(self.runs, counts, strict=True):
            for line in ran.lines:
                lines[line] += count
            for branch in ran.branches:
                branches[branch] += count
        # A function ran as often as the line of its body that ran most.
        functions = {
            function: max(lines[line] for line in body)
            for function, body in self.functions.items()
        }
        return FileCoverage(lines, branches, functions)


class _Seen:
    """One file's arcs, as the part of coverage.py's data that its analysis reads."""

    def __init__(self, arcs: Iterable[Arc]) -> None:
        self._arcs = list(arcs)

    def has_arcs(self) -> bool:
        return True

    def arcs(self, _filename: str) -> list[Arc]:
        return self._arcs

    def lines(self, _filename: str) -> list[int]:
        return list({line for arc in self._arcs for line in arc if line > 0})


class Analyser:
    """Analyses files by coverage.py's settings, such as which lines are excluded."""

    def __init__(self, settings: Path | None = None) -> None:
        file = str(settings) if settings else False
        self._coverage = Coverage(data_file=None, config_file=file)
        # A path stays as given: the sources of a build are symbolic links.
        self._coverage.set_option("run:relative_files", True)

    def analyse(
        self, source: Path, seen: Sequence[str], *, explain: bool = False
    ) -> FileAnalysis:
        """Return what could run in a file, and what did.

        Args:
            source: the file.
            seen: the raw arcs of each group of tests.
            explain: whether to say why a branch was never taken.
        """
        reporter = PythonFileReporter(str(source), self._coverage)
        try:
            regions = _regions(reporter)
            possible = _analysis(reporter, ())
        except CoverageException as error:
            raise AnalysisError(
                f"{source}: found text that isn't Python, wanted a module ({error}).\n"
                "Fix: mend the file, or take it out of its target's srcs."
            ) from error
        ways = possible.missing_branch_arcs()
        branches = _branches((line, to) for line in ways for to in ways[line])
        analyses = [_analysis(reporter, parse_arcs(arcs)) for arcs in seen]
        return FileAnalysis(
            lines=frozenset(possible.statements),
            branches=frozenset(branches.values()),
            excluded=frozenset(possible.excluded),
            functions=_functions(regions, possible.statements),
            runs=tuple(_ran(analysis, branches) for analysis in analyses),
            missing=_missing(reporter, analyses, branches) if explain else {},
        )


def _analysis(reporter: PythonFileReporter, arcs: Iterable[Arc]) -> Analysis:
    data = cast(CoverageData, _Seen(arcs))
    return analysis_from_file_reporter(data, 2, reporter, reporter.filename)


def _branches(ways: Iterable[Arc]) -> dict[Arc, Branch]:
    """Return the branches of arcs; coverage.py's target is negative for an exit."""
    exits: defaultdict[int, list[int]] = defaultdict(list)
    branches = {}
    for line, target in sorted(ways):
        if target > 0:
            branches[line, target] = Branch(line, 0, target)
        else:
            branches[line, target] = Branch(line, len(exits[line]), 0)
            exits[line].append(target)
    return branches


def _ran(analysis: Analysis, branches: Mapping[Arc, Branch]) -> Ran:
    taken = {
        branches[line, target]
        for line, targets in analysis.executed_branch_arcs().items()
        for target in targets
        if (line, target) in branches
    }
    return Ran(frozenset(analysis.executed), frozenset(taken))


def _missing(
    reporter: PythonFileReporter,
    analyses: Sequence[Analysis],
    branches: Mapping[Arc, Branch],
) -> dict[Branch, str]:
    ran = {line for analysis in analyses for line in analysis.executed}
    taken = {arc for analysis in analyses for arc in analysis.arcs_executed_set}
    return {
        branch: reporter.missing_arc_description(*arc)
        for arc, branch in branches.items()
        if branch.line in ran and arc not in taken
    }


def _regions(reporter: PythonFileReporter) -> list[CodeRegion]:
    """Return the reporter's regions, from the syntax tree that it has parsed already.

    It drops the tree when arcs are asked for, and its own method parses the file anew.
    """
    tree = reporter.parser._ast_root
    if tree is None:
        return list(reporter.code_regions())
    finder = RegionFinder()
    finder.handle_node(tree)
    return finder.regions


def _functions(
    regions: Iterable[CodeRegion], statements: set[int]
) -> dict[Function, frozenset[int]]:
    functions: dict[Function, frozenset[int]] = {}
    names: set[str] = set()
    for region in regions:
        body = frozenset(region.lines & statements)
        if region.kind != "function" or not body:
            continue
        # lcov counts by name: a second one of a name needs another, as coverage.py has.
        name = f"{region.name}@{region.start}" if region.name in names else region.name
        names.add(name)
        functions[Function(region.start, name)] = body
    return functions
