"""Writes a report for other tools: coverage.py's JSON, Cobertura's XML, Markdown."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from tools.coverage_page import lcov
from tools.coverage_page.changes import DiffCoverage
from tools.coverage_page.floors import (
    Floors,
    Gap,
    Shortfall,
    largest_gaps,
    missing_runs,
)
from tools.coverage_page.records import Branch, FileCoverage, Report
from tools.coverage_page.totals import Share, Totals, by_scope, of_file, of_files

FORMATS = ("lcov", "json", "cobertura", "markdown")


@dataclass(frozen=True)
class Summary:
    """Everything that is said of a run."""

    report: Report
    floors: Floors
    shortfalls: tuple[Shortfall, ...] = ()
    diff: DiffCoverage | None = None
    # What a reader must know first: tests that failed, files carried forward.
    notices: tuple[str, ...] = ()
    # When the report was written, in seconds.
    time: int = 0


def formatted(summary: Summary, form: str) -> str:
    """Return the report in one of FORMATS."""
    writers = {
        "lcov": lambda: lcov.written(summary.report),
        "json": lambda: as_json(summary.report),
        "cobertura": lambda: as_cobertura(summary),
        "markdown": lambda: as_markdown(summary),
    }
    return writers[form]()


def as_json(report: Report) -> str:
    """Return the report in the shape of coverage.py's JSON, with totals of scopes."""
    files = {path: _json_file(coverage) for path, coverage in sorted(report.items())}
    scopes = {
        scope: _json_summary(of_files(members.values()))
        for scope, members in by_scope(report).items()
    }
    totals = _json_summary(of_files(report.values()))
    meta = {"format": 3, "branch_coverage": True, "show_contexts": False}
    whole = {"meta": meta, "files": files, "scopes": scopes, "totals": totals}
    return json.dumps(whole, indent=2) + "\n"


def _json_file(coverage: FileCoverage) -> dict[str, object]:
    lines = sorted(coverage.lines.items())
    branches = sorted(coverage.branches.items())
    return {
        "executed_lines": [line for line, count in lines if count],
        "missing_lines": [line for line, count in lines if not count],
        "executed_branches": [_arc(branch) for branch, count in branches if count],
        "missing_branches": [_arc(branch) for branch, count in branches if not count],
        "summary": _json_summary(of_file(coverage)),
    }


def _arc(branch: Branch) -> list[int]:
    return [branch.line, branch.target]


def _json_summary(totals: Totals) -> dict[str, float]:
    both = Share(totals.lines.hit, totals.lines.of) + totals.branches
    return {
        "covered_lines": totals.lines.hit,
        "missing_lines": totals.lines.of - totals.lines.hit,
        "num_statements": totals.lines.of,
        "covered_branches": totals.branches.hit,
        "missing_branches": totals.branches.of - totals.branches.hit,
        "num_branches": totals.branches.of,
        "percent_covered": both.percent,
        "percent_statements_covered": totals.lines.percent,
        "percent_branches_covered": totals.branches.percent,
    }


def as_cobertura(summary: Summary) -> str:
    """Return the report as Cobertura's XML, one package per scope."""
    totals = of_files(summary.report.values())
    root = ElementTree.Element("coverage", _rates(totals))
    for name, share in (("lines", totals.lines), ("branches", totals.branches)):
        root.set(f"{name}-covered", str(share.hit))
        root.set(f"{name}-valid", str(share.of))
    root.set("timestamp", str(summary.time * 1000))
    root.set("version", "monorepo")
    sources = ElementTree.SubElement(root, "sources")
    ElementTree.SubElement(sources, "source").text = "."
    packages = ElementTree.SubElement(root, "packages")
    for scope, files in by_scope(summary.report).items():
        rates = _rates(of_files(files.values()))
        package = ElementTree.SubElement(packages, "package", {"name": scope, **rates})
        classes = ElementTree.SubElement(package, "classes")
        for path, coverage in files.items():
            _cobertura_class(classes, path, coverage)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _rates(totals: Totals) -> dict[str, str]:
    return {
        "line-rate": f"{totals.lines.percent / 100:.4f}",
        "branch-rate": f"{totals.branches.percent / 100:.4f}",
        "complexity": "0",
    }


def _cobertura_class(
    classes: ElementTree.Element, path: str, coverage: FileCoverage
) -> None:
    names = {"name": path.rpartition("/")[2], "filename": path}
    rates = _rates(of_file(coverage))
    element = ElementTree.SubElement(classes, "class", {**names, **rates})
    ElementTree.SubElement(element, "methods")
    rows = ElementTree.SubElement(element, "lines")
    branches = branches_by_line(coverage)
    for line, count in sorted(coverage.lines.items()):
        row = ElementTree.SubElement(rows, "line", number=str(line), hits=str(count))
        if line in branches:
            taken = sum(1 for hits in branches[line].values() if hits)
            possible = len(branches[line])
            row.set("branch", "true")
            percent = 100 * taken // possible
            row.set("condition-coverage", f"{percent}% ({taken}/{possible})")


def branches_by_line(coverage: FileCoverage) -> Mapping[int, dict[Branch, int]]:
    """Return the branches of each line that has any."""
    lines: dict[int, dict[Branch, int]] = {}
    for branch, count in sorted(coverage.branches.items()):
        lines.setdefault(branch.line, {})[branch] = count
    return lines


def as_markdown(summary: Summary) -> str:
    """Return a summary for a merge request."""
    totals = of_files(summary.report.values())
    rows = ["## Coverage", ""]
    rows += [f"> {notice}" for notice in summary.notices]
    if summary.notices:
        rows.append("")
    rows += [
        f"**{totals.lines.text}** of lines, **{totals.branches.text}** of branches."
    ]
    if summary.diff:
        rows += ["", *_markdown_diff(summary.diff, summary.floors)]
    under = {(shortfall.scope, shortfall.kind) for shortfall in summary.shortfalls}
    rows += ["", "| scope | lines | floor | branches | floor |"]
    rows += ["|---|---:|---:|---:|---:|"]
    for scope, files in by_scope(summary.report).items():
        got, floor = of_files(files.values()), summary.floors.of(scope)
        cells = [f"`{scope}`"]
        pairs = (
            ("lines", got.lines, floor.lines),
            ("branches", got.branches, floor.branches),
        )
        for kind, share, least in pairs:
            mark = " ❌" if (scope, kind) in under else ""
            cells += [share.text + mark, "-" if least is None else f"{least:g} %"]
        rows.append(f"| {' | '.join(cells)} |")
    gaps = largest_gaps(summary.report, totals) if totals.lines.of else []
    if gaps:
        rows += ["", "Most to gain:", ""]
        rows += [f"- `{_where(gap)}`: {gap.size} lines" for gap in gaps]
    return "\n".join(rows) + "\n"


def _where(gap: Gap) -> str:
    return f"{gap.path}:{gap.first}-{gap.last}"


def _markdown_diff(diff: DiffCoverage, floors: Floors) -> list[str]:
    totals = diff.totals
    floor = "" if floors.diff.lines is None else f" (floor {floors.diff.lines:g} %)"
    rows = [f"Changed since `{diff.base}`: **{totals.lines.text}** of lines{floor}."]
    for path, coverage in diff.files.items():
        missing = ", ".join(
            f"{lines[0]}-{lines[-1]}" if lines[1:] else str(lines[0])
            for lines in missing_runs(coverage)
        )
        if missing:
            rows.append(f"- `{path}`: lines {missing} never ran")
    return rows
