"""Prints what the machinery costs, each figure against its budget.

Invoked as: bazel run //tools/bench [-- overhead|many|repository|checks|types|scopes|hook|images …]
Exit code 1 says that a figure is over its budget, 2 that the call is wrong.
"""

import sys
from collections.abc import Sequence

from tools.bench.figures import Figure, table
from tools.bench.measures import MEASURES
from tools.nested.checkout import scratch_checkouts
from tools.workspace.folder import WorkspaceError, workspace_folder


def main(argv: Sequence[str]) -> int:
    """Take the measures named, or all, and print them as they come."""
    unknown = sorted(set(argv) - set(MEASURES))
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
        for name in argv or MEASURES:
            print(f"measuring {name}", file=sys.stderr)
            found = MEASURES[name](make())
            print(table(found), flush=True)
            figures += found
    return 0 if all(figure.is_within for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
