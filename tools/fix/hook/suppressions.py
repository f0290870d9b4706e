"""Leaves out findings that the build accepts too: those of a baseline, and of checks that tags switch off."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import PurePosixPath

from tools.build_files.index import read_index
from tools.build_files.reader import BUILD, Call
from tools.build_files.switches import switched_off
from tools.findings.baseline import FILE_NAME, Record, compare, parse_baseline
from tools.findings.finding import Finding

# Returns a file's text by its path from the root, or None where there is no such file.
type Read = Callable[[str], str | None]


def without_accepted(findings: Iterable[Finding], read: Read) -> list[Finding]:
    """Return the findings that fail the build, sorted.

    Raises:
        ReportError: a baseline holds what is no record.
        StarlarkError: a BUILD file can't be read.
    """
    left = []
    for path, found in groupby(sorted(set(findings)), key=lambda f: f.path):
        off = switched_off(_targets(path, read))
        new = compare(list(found), _recorded(path, read)).new
        left += [f for f in new if f.rule.partition("/")[0] not in off]
    return left


def _folders(path: str) -> Iterator[str]:
    """Yield the folders above a file, the nearest first, each as the start of a path."""
    for folder in PurePosixPath(path).parents:
        yield "" if str(folder) == "." else f"{folder}/"


def _recorded(path: str, read: Read) -> Counter[Record]:
    """Return the records above a file, whichever target they are for: here there is none."""
    known: Counter[Record] = Counter()
    for folder in _folders(path):
        baseline = f"{folder}{FILE_NAME}"
        records = parse_baseline(read(baseline) or "", baseline)
        for record, times in records.items():
            same = record._replace(target="")
            # Two targets of one file record the same finding twice.
            known[same] = max(known[same], times)
    return known


def _targets(path: str, read: Read) -> Sequence[Call]:
    for folder in _folders(path):
        build_file = f"{folder}{BUILD}"
        text = read(build_file)
        if text is not None:
            # Whatever else a glob takes, the question is whether it takes this file.
            index, broken = read_index([build_file, path], {build_file: text})
            if broken:
                raise broken[0]
            return index.owners.get(path, [])
    return []
