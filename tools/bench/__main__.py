"""Prints what the machinery costs, each figure against its budget.

Invoked as: bazel run //tools/bench [-- overhead|checks|hook|images|peers …]
Exit code 1 says that a figure is over its budget, 2 that the call is wrong.

Examples:
  bazel run //tools/bench
  bazel run //tools/bench -- checks hook
  bazel run //tools/bench -- peers  # beside pytest, Nx and moon, from PyPI and npm
"""

import sys
from collections.abc import Sequence

from tools.bench.figures import Figure, table
from tools.bench.measures import MEASURES, ON_REQUEST
from tools.nested.checkout import scratch_checkouts
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder


def main(argv: Sequence[str] | None = None) -> int:
    """Take the measures named, or those of this repository alone, and print them as they come."""
    parser = plain_parser("//tools/bench", __doc__)
    parser.add_argument(
        "measures", metavar="MEASURE", nargs="*", help="default: all but peers"
    )
    names = parser.parse_args(argv).measures
    unknown = sorted(set(names) - set(MEASURES))
    try:
        root = workspace_folder()
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    if unknown:
        print(
            f"No measure {', '.join(unknown)}; there are {', '.join(MEASURES)}.\n"
            "Fix: bazel run //tools/bench [-- MEASURE …]",
            file=sys.stderr,
        )
        return 2
    figures: list[Figure] = []
    with scratch_checkouts(root) as make:
        for name in names or [name for name in MEASURES if name not in ON_REQUEST]:
            print(f"measuring {name}", file=sys.stderr)
            found = MEASURES[name](make())
            print(table(found), flush=True)
            figures += found
    return 0 if all(figure.is_within for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
