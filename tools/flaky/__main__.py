"""Runs tests many times in different worlds, and says which fail now and then.

  bazel run //tools/flaky -- //libs/price/...
  bazel run //tools/flaky -- --affected --runs 60
  bazel run //tools/flaky -- --since "1 day ago"
  bazel run //tools/flaky -- --expired

Worlds differ in the order of tests, time zone, locale, shards and load. A case that is
quarantined (quarantine.bzl) counts as any other here. `--expired` runs nothing: it names
the quarantines that are over.

Exit codes: 0 none failed, 1 some did, 2 could not run.
"""

import argparse
import math
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tools.flaky.quarantine import expired, read_entries
from tools.flaky.results import Results, reports_since, shown_rate
from tools.flaky.selection import affected_tests, named_tests
from tools.flaky.worlds import worlds
from tools.workspace.bazel import NO_TESTS, TESTS_FAILED, Bazel
from tools.workspace.command import command_parser, print_json
from tools.workspace.folder import WorkspaceError

# What a test that fails once in ten runs shows with 95 %: log(0.05) / log(0.9).
RUNS = 30
_ROOM = 2000


def run_world(
    bazel: Bazel, flags: Sequence[str], labels: Sequence[str], runs: int
) -> float:
    """Run the tests in one world, and return when that began.

    Raises:
        BazelError: they could not be built.
    """
    began = time.time()
    often = ("--nocache_test_results", f"--runs_per_test={runs}", "--keep_going")
    quiet = ("--noshow_progress", "--ui_event_filters=-info,-stderr,-stdout")
    silent = ("--test_output=summary", "--test_summary=none")
    bazel.call(
        *("test", *often, *quiet, *silent, *flags, "--", *labels),
        accepted=(0, TESTS_FAILED, NO_TESTS),
    )
    return began


def hunt(bazel: Bazel, labels: Sequence[str], options: argparse.Namespace) -> Results:
    """Run tests in every world, and count."""
    results = Results()
    if not labels:
        return results
    testlogs = bazel.info("bazel-testlogs")
    places = worlds(options.seed)
    runs = math.ceil(options.runs / len(places))
    for world in places:
        print(f"{runs} runs: {world.name}", file=sys.stderr)
        began = run_world(bazel, world.flags, labels, runs)
        for label in labels:
            for report in reports_since(testlogs, label, began):
                results.add(label, world.name, report.read_text(errors="replace"))
    return results


def tests_of(bazel: Bazel, options: argparse.Namespace) -> list[str]:
    """Return the labels of the tests that are asked for."""
    if options.affected or options.since:
        return affected_tests(bazel.root, options.since)
    return named_tests(bazel, options.patterns)


def format_results(results: Results) -> str:
    """Return what failed as text."""
    lines = []
    for target, name, case in results.failed():
        low, high = case.interval()
        lines.append(
            f"{target} {name}: failed {case.failures} of {case.runs} runs, "
            f"{low:.0%} to {high:.0%} with 95 %"
        )
        worlds_of = (f"{world}: {count}" for world, count in case.where.items())
        lines += [f"  {', '.join(worlds_of)}", *indented(case.output)]
    return "".join(f"{line}\n" for line in lines)


def indented(text: str) -> list[str]:
    """Return the end of an output, where it says what went wrong."""
    return [f"    {line}" for line in text[-_ROOM:].splitlines()]


def report(results: Results, seed: int, runs: int) -> None:
    """Say how much was run, and how to run what failed again."""
    if results.failed():
        for world in worlds(seed):
            print(f"{world.name}: bazel test {' '.join(world.flags)}", file=sys.stderr)
    text = (
        f"{len(results.failed())} of {len(results.cases)} cases failed; one that fails"
    )
    print(
        f"{text} {shown_rate(runs):.0%} of its runs shows in {runs} with 95 %",
        file=sys.stderr,
    )


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = command_parser("//tools/flaky", __doc__)
    parser.add_argument("patterns", nargs="*", default=["//..."], metavar="PATTERN")
    parser.add_argument("--affected", action="store_true", help="what the edit affects")
    parser.add_argument("--since", metavar="MOMENT", help="what commits affect since")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"default: {RUNS}")
    parser.add_argument("--seed", type=int, default=1, help="other orders; default: 1")
    parser.add_argument("--expired", action="store_true", help="name quarantines")
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    parser.add_argument("--quarantine", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Hunt, and print what failed now and then."""
    options = parse_arguments(argv)
    if options.expired:
        over = expired(read_entries(options.quarantine), options.today)
        sys.stdout.write("".join(f"{line}\n" for line in over))
        return 1 if over else 0
    try:
        bazel = Bazel.current()
        labels = tests_of(bazel, options)
        results = hunt(bazel, labels, options)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    if not results.cases:
        by_change = options.affected or options.since
        print("no test ran" if labels else "no test is asked for", file=sys.stderr)
        return 0 if by_change and not labels else 2
    if options.format == "json":
        failed = [
            {"target": target, "case": name, **vars(case), "interval": case.interval()}
            for target, name, case in results.failed()
        ]
        print_json(cases=len(results.cases), runs=options.runs, failed=failed)
    else:
        sys.stdout.write(format_results(results))
    report(results, options.seed, options.runs)
    return 1 if results.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
