"""Records the findings that a project comes with; from then on they only shrink."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.findings.baseline import (
    FILE_NAME,
    Record,
    compare,
    format_records,
    read_baseline,
    record_of,
)
from tools.findings.collect import Report, collect_reports
from tools.findings.finding import Finding


class Recorded(NamedTuple):
    """What became of one baseline."""

    path: str
    text: str
    refused: list[Finding]
    """New findings, which a baseline that is there already doesn't take."""


def folder_of(pattern: str) -> str:
    """Return the folder that a target pattern or a label speaks of."""
    folder = pattern.removeprefix("//").partition(":")[0]
    return folder.removesuffix("...").rstrip("/")


def baselines_of(root: Path, folder: str) -> Iterator[Path]:
    """Yield the baselines that hold for a folder, the nearest first."""
    parts = folder.split("/") if folder else []
    for depth in range(len(parts), -1, -1):
        path = root.joinpath(*parts[:depth], FILE_NAME)
        if path.exists():
            yield path


def baseline_for(root: Path, folder: str) -> Path:
    """Return the baseline that takes a folder's records: the nearest, or its own."""
    return next(baselines_of(root, folder), root / folder / FILE_NAME)


def unknown_of(
    root: Path, report: Report, besides: Path | None = None
) -> list[Finding]:
    """Return the findings that no baseline knows, of all that the build compares them with.

    Args:
        root: the repository's root.
        report: what a check found.
        besides: a baseline that is not asked.
    """
    records: Counter[Record] = Counter()
    for path in baselines_of(root, folder_of(report.target)):
        if path != besides:
            name = str(path.relative_to(root))
            records += read_baseline(path, name)
    return compare(report.findings, records).new


def record(root: Path, pattern: str, reports: Sequence[Report]) -> Recorded:
    """Return the new text of the baseline that holds for a pattern's folder.

    Args:
        root: the repository's root.
        pattern: what was checked.
        reports: what the checks found there.
    """
    path = baseline_for(root, folder_of(pattern))
    name = str(path.relative_to(root))
    findings = [f for report in reports for f in unknown_of(root, report, path)]
    if not path.exists():
        return Recorded(name, format_records(map(record_of, findings)), [])
    known = read_baseline(path, name)
    # A check of files, such as buildifier's, names no target in what it finds.
    checked = {(t, report.check) for report in reports for t in (report.target, "")}
    concerned = known.copy()
    for entry in known:
        if (entry.target, entry.rule.partition("/")[0]) not in checked:
            del concerned[entry]
    comparison = compare(findings, concerned)
    kept = known - concerned
    lost = Counter({r: n for r, n in known.items() if not (root / r.path).exists()})
    refused = []
    for finding in comparison.new:
        # What was found in a file that is renamed is found again in the new one.
        same = [r for r in +lost if (r.rule, r.text) == (finding.rule, finding.text)]
        if same:
            lost[same[0]] -= 1
            kept[same[0]] -= 1
            kept[record_of(finding)] += 1
        else:
            refused.append(finding)
    kept.update(record_of(finding) for finding in comparison.known)
    return Recorded(name, format_records((+kept).elements()), refused)


def write(root: Path, recorded: Recorded) -> None:
    """Write a baseline; an empty one is taken away."""
    path = root / recorded.path
    if recorded.text:
        path.write_text(recorded.text, encoding="utf-8")
    elif path.exists():
        path.unlink()


def describe(recorded: Recorded) -> Iterable[str]:
    """Return what to say of a baseline."""
    lines = recorded.text.count("\n")
    yield f"{recorded.path}: {lines} record{'' if lines == 1 else 's'}"
    if recorded.refused:
        yield (
            f"{recorded.path}: it can only shrink, and {len(recorded.refused)} more "
            "found are not in it.\nFix: correct those:"
        )


def unknown_findings(root: Path, reports: Sequence[Report]) -> list[Finding]:
    """Return the findings that no baseline knows."""
    return sorted({f for report in reports for f in unknown_of(root, report)})


def record_baselines(root: Path, patterns: Sequence[str]) -> list[Finding]:
    """Write the baseline of each pattern's folder; return what it doesn't take.

    Patterns of one folder are recorded together: a baseline takes new ones only once.

    Args:
        root: the repository's root.
        patterns: what to check.
    """
    refused = []
    folders: dict[str, list[str]] = {}
    for pattern in patterns:
        folders.setdefault(folder_of(pattern), []).append(pattern)
    for folder, together in folders.items():
        recorded = record(root, folder, collect_reports(root, together))
        write(root, recorded)
        print("\n".join(describe(recorded)))
        refused += recorded.refused
    return refused
