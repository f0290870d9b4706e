"""Works out by coverage.py what could run in a file, and what did.

It asks what coverage.py promises to its plugins: the methods of FileReporter.
https://coverage.readthedocs.io/en/latest/api_plugin.html#filereporter
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from coverage import Coverage
from coverage.exceptions import CoverageException, NotPython
from coverage.plugin import FileReporter
from coverage.python import PythonFileReporter

from tools.test_coverage.analyse.raw_coverage import RawFile, Sources
from tools.test_coverage.collect.raw_record import Arc, parse_arcs
from tools.test_coverage.data.file_coverage import (
    Branch,
    CoverageError,
    FileCoverage,
    Function,
    Group,
    added,
)


class AnalysisError(CoverageError):
    """A source can't be analysed."""


class Analyser:
    """Analyses files by coverage.py's settings, such as which lines are excluded."""

    def __init__(self, sources: Sources) -> None:
        self._root = sources.root
        self._coverage = Coverage(data_file=None, config_file=str(sources.settings))
        # A path stays as given: the sources of a build are symbolic links.
        self._coverage.set_option("run:relative_files", True)

    def __call__(self, named: tuple[str, RawFile]) -> FileCoverage:
        """Return the coverage of a file; of another language, what it left itself."""
        path, raw = named
        if not path.endswith(".py"):
            return raw.other
        source = self._root / path
        reporter = PythonFileReporter(str(source), self._coverage)
        try:
            return _analyse(reporter, raw)
        except CoverageException as error:
            if isinstance(error, NotPython) and not raw.arcs:
                # What tests read, say: nothing of it can run. The report names it.
                return raw.other
            raise AnalysisError(
                f"{source}: found text that isn't Python, wanted a module ({error}).\n"
                "Fix: correct the file, or take it out of its target's srcs."
            ) from error


def _analyse(reporter: FileReporter, raw: RawFile) -> FileCoverage:
    statements = reporter.lines()
    branches = _branches(reporter)
    groups = []
    for text, tests in raw.arcs.items():
        arcs = parse_arcs(text)
        lines = reporter.translate_lines(line for arc in arcs for line in arc)
        taken = branches.keys() & reporter.translate_arcs(arcs)
        group = Group(
            tuple(tests),
            frozenset(lines & statements),
            frozenset(branches[arc] for arc in taken),
        )
        groups.append(group)
    bodies = _bodies(reporter, statements)
    other = raw.other
    counts = FileCoverage(
        lines=added(dict.fromkeys(statements, 0), other.lines),
        branches=added(dict.fromkeys(branches.values(), 0), other.branches),
        functions=added(dict.fromkeys(bodies, 0), other.functions),
        bodies=bodies,
        excluded=frozenset(reporter.excluded_lines()),
        reasons=_reasons(reporter, branches, groups),
    )
    return counts.with_groups(tuple(groups))


def _branches(reporter: FileReporter) -> dict[Arc, Branch]:
    """Return the branches by their arcs; coverage.py's target is negative for an exit."""
    exit_counts, excluded = reporter.exit_counts(), reporter.excluded_lines()
    no_branch = reporter.no_branch_lines()
    exits: defaultdict[int, int] = defaultdict(int)
    branches = {}
    for line, target in sorted(reporter.arcs()):
        if exit_counts.get(line, 0) < 2 or line in no_branch or target in excluded:
            continue
        if target > 0:
            branches[line, target] = Branch(line, 0, target)
        else:
            branches[line, target] = Branch(line, exits[line], 0)
            exits[line] += 1
    return branches


def _reasons(
    reporter: FileReporter, branches: Mapping[Arc, Branch], groups: Iterable[Group]
) -> dict[Branch, str]:
    ran: set[int] = set()
    taken: set[Branch] = set()
    for group in groups:
        ran |= group.lines
        taken |= group.branches
    return {
        branch: reporter.missing_arc_description(*arc)
        for arc, branch in branches.items()
        if branch.line in ran and branch not in taken
    }


def _bodies(
    reporter: FileReporter, statements: set[int]
) -> dict[Function, frozenset[int]]:
    """Return the lines of each function that can run."""
    bodies: dict[Function, frozenset[int]] = {}
    names: set[str] = set()
    for region in reporter.code_regions():
        body = frozenset(region.lines & statements)
        if region.kind != "function" or not body:
            continue
        # lcov counts by name: a second one of a name needs another, as coverage.py has.
        name = f"{region.name}@{region.start}" if region.name in names else region.name
        names.add(name)
        bodies[Function(region.start, name)] = body
    return bodies
