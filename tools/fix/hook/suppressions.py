"""Leaves out findings that the build accepts too: those of a baseline, and of checks that tags switch off."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from tools.build_files.index import read_index
from tools.build_files.reader import BUILD, Call
from tools.findings.baseline import FILE_NAME, parse_baseline
from tools.findings.finding import Finding

# Returns a file's text by its path from the root, or None where there is no such file.
type Read = Callable[[str], str | None]


class _Known(NamedTuple):
    """A record, whichever target it was made for: here there is none."""

    path: str
    rule: str
    text: str


def without_accepted(findings: Iterable[Finding], read: Read) -> list[Finding]:
    """Return the findings that fail the build, sorted.

    Raises:
        ReportError: a baseline holds what is no record.
        StarlarkError: a BUILD file can't be read.
    """
    by_path: dict[str, list[Finding]] = {}
    for finding in sorted(set(findings)):
        by_path.setdefault(finding.path, []).append(finding)
    left = []
    for path, found in by_path.items():
        off = _switched_off(path, read)
        known = _recorded(path, read)
        for finding in found:
            record = _Known(path, finding.rule, finding.text)
            if known[record] > 0:
                known[record] -= 1
            elif finding.rule.partition("/")[0] not in off:
                left.append(finding)
    return left


def _folders(path: str) -> Iterator[str]:
    """Yield the folders above a file, the nearest first, each as the start of a path."""
    for folder in PurePosixPath(path).parents:
        yield "" if str(folder) == "." else f"{folder}/"


def _recorded(path: str, read: Read) -> Counter[_Known]:
    known: Counter[_Known] = Counter()
    for folder in _folders(path):
        baseline = f"{folder}{FILE_NAME}"
        records = parse_baseline(read(baseline) or "", baseline)
        for record, times in records.items():
            same = _Known(record.path, record.rule, record.text)
            # Two targets of one file record the same finding twice.
            known[same] = max(known[same], times)
    return known


def _switched_off(path: str, read: Read) -> set[str]:
    """Return the checks that no target of a file has on."""
    targets = _targets(path, read)
    if not targets:
        return set()
    return set.intersection(*(_switches(target) for target in targets))


def _switches(target: Call) -> set[str]:
    names = (tag.partition("=")[0] for tag in target.strings("tags"))
    return {name.removeprefix("no-") for name in names if name.startswith("no-")}


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
