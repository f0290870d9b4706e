"""Opens a prompt of Python that can import exactly what a target can.

Invoked as: bazel run //tools/repl -- //services/x
An import that the target doesn't declare fails here as it does in the build. It is rules_python's own prompt, given
that target: https://rules-python.readthedocs.io/en/latest/repl.html. Exits as the prompt does; 2 without a workspace.

Examples:
  bazel run //tools/repl -- //services/shop
"""

import sys
from collections.abc import Sequence

from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError

PROMPT = "@rules_python//python/bin:repl"


def main(argv: Sequence[str] | None = None) -> int:
    """Become the prompt."""
    parser = plain_parser("//tools/repl", __doc__)
    parser.add_argument("target", metavar="TARGET", help="what has Python: //libs/x")
    options = parser.parse_args(argv)
    quiet = ("--noshow_progress", "--ui_event_filters=-info", "--show_result=0")
    target = f"--{PROMPT}_dep={options.target}"
    try:
        return Bazel.current().become("run", *quiet, target, PROMPT)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
