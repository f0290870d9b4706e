"""Runs the tests with coverage, and writes the page, or says what the report says.

Invoked as: bazel run //tools/test_coverage [-- [OPTION…] [TARGET…]]
With --check, --diff-base or --format and no target, it reads the report that
`bazel coverage` wrote last, and runs nothing.
Exits 0; 1 where a test fails or a floor is missed; 2 where it could not run.

Examples:
  bazel run //tools/test_coverage
  bazel run //tools/test_coverage -- --diff-base origin/main --check
  bazel run //tools/test_coverage -- --serve //libs/...
  bazel run //tools/test_coverage -- --format json
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.test_coverage.data.file_coverage import CoverageError
from tools.test_coverage.outputs import last_run
from tools.test_coverage.page import (
    EVERYTHING,
    Request,
    Result,
    default_folder,
    new_run,
    silence,
    write_page,
)
from tools.test_coverage.report.changes import changed_lines, diff_coverage
from tools.test_coverage.report.floors import read_floors, table, verdict
from tools.test_coverage.report.formats import FORMATS, Summary
from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = plain_parser("//tools/test_coverage", __doc__)
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
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the options ask for."""
    options = parse(argv)
    try:
        workspace = workspace_folder()
        # Paths are those of the caller's folder.
        os.chdir(os.environ.get("BUILD_WORKING_DIRECTORY", workspace))
        return act(options, workspace)
    except (CoverageError, WorkspaceError) as error:
        print(error, file=sys.stderr)
        return 2


def act(options: argparse.Namespace, workspace: Path) -> int:
    """Get the run, and say of it what was asked for."""
    floors = read_floors(workspace / "coverage.toml")
    bazel = Bazel(workspace)
    says = bool(options.check or options.diff_base or options.format)
    shows = bool(options.output or options.open or options.serve) or not says
    folder = default_folder(workspace)
    if shows or options.targets:
        result = new_run(bazel, requested(options, folder))
    else:
        run = last_run(bazel)
        result = Result(run, tuple(silence(run.failed)))
    diff = None
    if base := options.diff_base:
        diff = diff_coverage(result.run.files, changed_lines(workspace, base), base)
    passes = say(Summary(result.run, floors, diff, result.notices), options)
    if shows:
        output = Path(options.output or folder / "site").absolute()
        show(write_page(result, output, workspace, floors), options)
    return 0 if result.passed and passes else 1


def requested(options: argparse.Namespace, folder: Path) -> Request:
    """Return the run that the options ask for."""
    flags = ["--config=tests"] if options.with_tests else []
    flags += ["--config=generated"] if options.with_generated else []
    return Request(
        tuple(options.targets) or (EVERYTHING,),
        tuple(flags),
        Path(options.saved or folder / "run.json.gz").absolute(),
        last=options.last,
    )


def say(summary: Summary, options: argparse.Namespace) -> bool:
    """Print what was asked for, and return whether no floor that was is missed."""
    if options.format:
        print(FORMATS[options.format](summary), end="")
    for notice in summary.notices:
        print(notice, file=sys.stderr)
    print(verdict(summary.run.files, summary.shortfalls), file=sys.stderr)
    passes = True
    if summary.diff:
        print(summary.diff.verdict(summary.floors.diff), file=sys.stderr)
        passes = not any(summary.floors.diff.missed_by(summary.diff.totals))
    if options.check and summary.shortfalls:
        print(table(summary.shortfalls))
        passes = False
    return passes


def show(index: Path, options: argparse.Namespace) -> None:
    """Say where the page is, and open or serve it."""
    print(index.as_uri())
    if not options.open and not options.serve:
        return
    # Importing a server takes as long as writing an index.
    from tools.test_coverage.html import serving  # noqa: PLC0415

    if options.serve:
        serving.serve(index, options.port, opens=options.open)
    else:
        serving.open_page(index.as_uri())


if __name__ == "__main__":
    sys.exit(main())
