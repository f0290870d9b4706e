"""Runs the tests with coverage, and writes the page, or says what the report says.

Invoked as: bazel run //tools/coverage_page [-- [OPTION…] [TARGET…]]
With --check, --diff-base or --format and no target, it reads the report that
`bazel coverage` wrote last, and runs nothing.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.coverage_page.bazel import Bazel
from tools.coverage_page.changes import changed_lines, diff_coverage
from tools.coverage_page.floors import Floors, read_floors, shortfalls, table, verdict
from tools.coverage_page.formats import FORMATS, Summary, formatted
from tools.coverage_page.records import CoverageError
from tools.coverage_page.run import (
    EVERYTHING,
    Reported,
    Request,
    default_folder,
    read_last,
    run_tests,
)
from tools.workspace.git import GitError


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="coverage_page")
    add = parser.add_argument
    add("targets", nargs="*", metavar="TARGET", help="what to run; default: //...")
    add("--check", action="store_true", help="fail for a scope under its floor")
    add(
        "--diff-base", metavar="COMMIT", help="show the coverage of lines changed since"
    )
    add("--format", choices=FORMATS, help="print the report in another form")
    add("--last", action="store_true", help="run nothing: take the last run as it is")
    add("--output", type=Path, metavar="FOLDER", help="where the page goes")
    add("--open", action="store_true", help="open the page in a browser")
    add("--serve", action="store_true", help="serve the page on loopback")
    add("--port", type=int, default=8470, help="the port of --serve; 0 for any")
    add("--with-tests", action="store_true", help="measure the tests themselves too")
    add("--with-generated", action="store_true", help="keep generated files")
    add("--saved", type=Path, metavar="FILE", help="where the last run is kept")
    add("--bazel", metavar="COMMAND", help="how to call Bazel; default: ./bazelw")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the options ask for."""
    options = parse(argv)
    if "BUILD_WORKSPACE_DIRECTORY" not in os.environ:
        print(
            "found no workspace. Fix: bazel run //tools/coverage_page", file=sys.stderr
        )
        return 2
    workspace = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    # Paths are those of the caller's folder.
    os.chdir(os.environ.get("BUILD_WORKING_DIRECTORY", workspace))
    try:
        return act(options, workspace)
    except (CoverageError, GitError) as error:
        print(error, file=sys.stderr)
        return 2


def act(options: argparse.Namespace, workspace: Path) -> int:
    """Get the report, and say of it what was asked for."""
    floors = read_floors(workspace / "coverage.toml")
    request = requested(options, workspace)
    bazel = Bazel(workspace, options.bazel)
    runs = request.site is not None or bool(options.targets)
    reported = run_tests(bazel, request, floors) if runs else read_last(bazel)
    summary = summarise(reported, floors, workspace, options.diff_base)
    exit_code = 0 if reported.passed else 1
    if options.format:
        print(formatted(summary, options.format), end="")
    for notice in reported.notices:
        print(notice, file=sys.stderr)
    print(said_of(summary), file=sys.stderr)
    if options.check and summary.shortfalls:
        print(table(list(summary.shortfalls)))
        exit_code = 1
    if summary.diff and is_under(summary):
        exit_code = 1
    if reported.index:
        show(reported.index, options)
    return exit_code


def requested(options: argparse.Namespace, workspace: Path) -> Request:
    """Return the run that the options ask for."""
    folder = default_folder(workspace)
    asks_for_page = bool(options.output or options.open or options.serve)
    asks_for_words = bool(options.check or options.diff_base or options.format)
    site = None
    if asks_for_page or not asks_for_words:
        site = Path(options.output or folder / "site").absolute()
    flags = ["--config=tests"] if options.with_tests else []
    flags += ["--config=generated"] if options.with_generated else []
    return Request(
        workspace,
        tuple(options.targets) or (EVERYTHING,),
        tuple(flags),
        Path(options.saved or folder / "run.json.gz").absolute(),
        site,
        last=options.last,
    )


def summarise(
    reported: Reported, floors: Floors, workspace: Path, base: str | None
) -> Summary:
    """Return what is to be said of a report."""
    diff = None
    if base:
        diff = diff_coverage(reported.report, changed_lines(workspace, base), base)
    return Summary(
        reported.report,
        floors,
        tuple(shortfalls(reported.report, floors)),
        diff,
        reported.notices,
        reported.time,
    )


def is_under(summary: Summary) -> bool:
    """Return whether the changed lines are under their floor."""
    if not summary.diff:
        return False
    totals, floor = summary.diff.totals, summary.floors.diff
    pairs = ((totals.lines, floor.lines), (totals.branches, floor.branches))
    return any(least is not None and share.percent < least for share, least in pairs)


def said_of(summary: Summary) -> str:
    """Return the report in a line, and the changed lines in another."""
    said = verdict(summary.report, summary.shortfalls)
    if summary.diff:
        lines = summary.diff.totals.lines
        base = summary.diff.base
        said += f"\nchanged since {base}: {lines.hit} of {lines.of} lines ran"
        said += f" ({lines.text})" if lines.of else ""
        floor = summary.floors.diff.lines
        if is_under(summary) and floor is not None:
            said += f", under the floor of {floor:g} %"
    return said


def show(index: Path, options: argparse.Namespace) -> None:
    """Say where the page is, and open or serve it."""
    print(index.as_uri())
    if not options.open and not options.serve:
        return
    # Importing a server takes as long as writing an index.
    from tools.coverage_page import serving  # noqa: PLC0415

    if options.serve:
        serving.serve(index, options.port, opens=options.open)
    else:
        serving.open_page(index.as_uri())


if __name__ == "__main__":
    sys.exit(main())
