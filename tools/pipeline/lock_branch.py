"""Commits the newest versions of all distributions to a branch, for a change to be proposed from it.

  bazel run //tools/pipeline:lock_branch
  bazel run //tools/pipeline:lock_branch -- --push origin

The checkout must be clean; it is then on the branch. `--push` replaces what a remote has of it.
Exit codes: 0 committed, or there is nothing newer; 2 not known, and the checkout is as it was.
"""

import sys
from collections.abc import Sequence

from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError
from tools.workspace.git import GitError, git

BRANCH = "update-lock"
UPDATE = ("run", "//:requirements.update", "--", "--upgrade")
MESSAGE = "build: take the newest versions into the lock"


def update(bazel: Bazel, remote: str) -> str:
    """Make the branch; return what was done.

    Raises:
        WorkspaceError: the checkout isn't clean, the update failed, or git did.
    """
    root = bazel.root
    if changed := git(root, "status", "--porcelain").splitlines():
        raise GitError(
            f"{changed[0][3:]} differs from the last commit, wanted a clean checkout.\n"
            "Fix: commit it, or git stash --include-untracked"
        )
    bazel.call(*UPDATE)
    if not git(root, "status", "--porcelain"):
        return "The lock has the newest versions."
    git(root, "checkout", "--quiet", "-B", BRANCH)
    git(root, "commit", "--quiet", "--all", f"--message={MESSAGE}")
    if not remote:
        return f"Committed to {BRANCH}. To propose it: git push origin {BRANCH}"
    git(root, "push", "--quiet", "--force", remote, BRANCH)
    return f"Pushed {BRANCH} to {remote}."


def main(argv: Sequence[str] | None = None) -> int:
    """Make the branch."""
    parser = plain_parser("//tools/pipeline:lock_branch", __doc__)
    parser.add_argument("--push", default="", metavar="REMOTE", help="send it there")
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    try:
        print(update(Bazel.current(quiet=False), options.push))
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
