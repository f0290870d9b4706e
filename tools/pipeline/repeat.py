"""Runs the tests that commits of the last day affect several times, to find those that fail one time in N.

  bazel run //tools/pipeline:repeat
  bazel run //tools/pipeline:repeat -- --since "1 week ago" --runs 20 --bazel-flag=--config=ci

Exit codes: those of `bazel test`; 0 where no test is affected; 2 not known.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tools.graph.affected.__main__ import tests_since
from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.git import GitError, git, is_shallow


def commit_before(root: Path, moment: str) -> str:
    """Return the last commit before a moment, or the first one.

    Raises:
        GitError: the clone doesn't know it.
    """
    if found := git(root, "rev-list", "-1", f"--before={moment}", "HEAD").strip():
        return found
    if is_shallow(root):
        raise GitError(
            f"This clone is shallow, and has no commit before {moment}.\n"
            "Fix: git fetch --unshallow"
        )
    return git(root, "rev-list", "--max-parents=0", "HEAD").split()[0]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tests."""
    parser = plain_parser("//tools/pipeline:repeat", __doc__)
    add = parser.add_argument
    add("--since", default="1 day ago", metavar="MOMENT", help="as git takes it")
    add("--runs", type=int, default=5, metavar="N", help="how often each test runs")
    add("--bazel-flag", action="append", default=[], help="for bazel test")
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    try:
        root = workspace_folder()
        base = commit_before(root, options.since)
        tests = tests_since(root, base)
        if not tests:
            print(f"Nothing since {base[:12]} affects a test.", file=sys.stderr)
            return 0
        flags = [f"--runs_per_test={options.runs}", *options.bazel_flag]
        return Bazel(root).show("test", *flags, "--", *tests)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
