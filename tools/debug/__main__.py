"""Runs a program or a test that waits for an editor's debugger.

Invoked as: bazel run //tools/debug -- TARGET [ARGUMENT…]
It is `bazel run TARGET -- ARGUMENT…`, which waits at 127.0.0.1:5678, or at MONOREPO_DEBUG_PORT, before the program or
the first test begins. Exits as that does; 2 without a workspace.

Examples:
  bazel run //tools/debug -- //services/x --port 8001
  bazel run //tools/debug -- //libs/x/tests:test_worker -k name
"""

import argparse
import sys
from collections.abc import Sequence

from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError

ATTACH = "tools/debug/attach.py"
VARIABLE = "RULES_PYTHON_ADDITIONAL_INTERPRETER_ARGS"


def main(argv: Sequence[str] | None = None) -> int:
    """Become `bazel run` of the target."""
    parser = plain_parser("//tools/debug", __doc__)
    parser.add_argument("target", metavar="TARGET", help="a py_binary or a pytest_test")
    parser.add_argument("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    try:
        bazel = Bazel.current()
        # The program's launcher starts it in place of the program.
        variables = {VARIABLE: str(bazel.root / ATTACH)}
        command = ("run", options.target, "--", *options.arguments)
        return bazel.become(*command, variables=variables)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
