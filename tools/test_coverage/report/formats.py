"""Writes a report for other tools: coverage.py's JSON, Cobertura's XML, Markdown."""

import json
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

from tools.test_coverage.data import lcov
from tools.test_coverage.data.file_coverage import Branch, FileCoverage
from tools.test_coverage.data.run import Run
from tools.test_coverage.data.totals import (
    Share,
    Totals,
    by_scope,
    of_file,
    of_files,
    share,
)
from tools.test_coverage.report.changes import DiffCoverage
from tools.test_coverage.report.floors import (
    Floors,
    Gap,
    Shortfall,
    largest_gaps,
    missing_runs,
    shortfalls,
)


@dataclass(frozen=True)
class Summary:
    """Everything that is said of a run."""

    run: Run
    floors: Floors
    diff: DiffCoverage | None = None
    # What a reader must know first: tests that failed, files carried forward.
    notices: tuple[str, ...] = ()

    @cached_property
    def shortfalls(self) -> list[Shortfall]:
        """The scopes under their floor."""
        return shortfalls(self.run.files, self.floors)


def as_lcov(summary: Summary) -> str:
    """Return the report as Bazel's own is written."""
    return lcov.write(summary.run.files)


def as_json(summary: Summary) -> str:
    """Return the report in the shape of coverage.py's JSON, with totals of scopes."""
    files = {path: _json_file(file) for path, file in sorted(summary.run.files.items())}
    scopes = {
        scope: _json_summary(of_files(members.values()))
        for scope, members in by_scope(summary.run.files).items()
    }
    totals = _json_summary(of_files(summary.run.files.values()))
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
    totals = of_files(summary.run.files.values())
    root = ElementTree.Element("coverage", _rates(totals))
    for name, got in (("lines", totals.lines), ("branches", totals.branches)):
        root.set(f"{name}-covered", str(got.hit))
        root.set(f"{name}-valid", str(got.of))
    root.set("timestamp", str(summary.run.time * 1000))
    root.set("version", "monorepo")
    sources = ElementTree.SubElement(root, "sources")
    ElementTree.SubElement(sources, "source").text = "."
    packages = ElementTree.SubElement(root, "packages")
    for scope, files in by_scope(summary.run.files).items():
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
    branches: dict[int, list[int]] = {}
    for branch, count in coverage.branches.items():
        branches.setdefault(branch.line, []).append(count)
    for line, count in sorted(coverage.lines.items()):
        row = ElementTree.SubElement(rows, "line", number=str(line), hits=str(count))
        if line in branches:
            taken = share(branches[line])
            row.set("branch", "true")
            percent = 100 * taken.hit // taken.of
            row.set("condition-coverage", f"{percent}% ({taken.hit}/{taken.of})")


def as_markdown(summary: Summary) -> str:
    """Return a summary for a merge request."""
    totals = of_files(summary.run.files.values())
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
    for scope, files in by_scope(summary.run.files).items():
        got, floor = of_files(files.values()), summary.floors.of(scope)
        cells = [f"`{scope}`"]
        for kind, part, least in (
            ("lines", got.lines, floor.lines),
            ("branches", got.branches, floor.branches),
        ):
            mark = " ❌" if (scope, kind) in under else ""
            cells += [part.text + mark, "-" if least is None else f"{least:g} %"]
        rows.append(f"| {' | '.join(cells)} |")
    gaps = largest_gaps(summary.run.files, totals) if totals.lines.of else []
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


FORMATS = {
    "lcov": as_lcov,
    "json": as_json,
    "cobertura": as_cobertura,
    "markdown": as_markdown,
}
