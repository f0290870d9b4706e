"""Installs the pre-commit hook, which runs the fast checks on the staged files.

Invoked as: bazel run //tools/checks:install_hook
A hook of another origin is left alone, and named. Exits 1 then.

Examples:
  bazel run //tools/checks:install_hook
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tools.fix.hook.restart import GONE
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.git import git

MARK = "# Installed by //tools/checks:install_hook."
HOOK = f"""#!/bin/sh
{MARK}
# Runs black, ruff and buildifier on what is staged. `git commit --no-verify` goes past it.
git diff --cached --name-only --diff-filter=ACMRT -z | tr '\\0' '\\n' | grep -qE '\\.(pyi?|bzl|bazel)$' || exit 0

# The program as it was last built does, unless a file that it may be made of has changed since: one at the root, or
# one of tools/. (What changes a file's place or time changes its ctime, and what takes it away changes its folder's.)
again=$(git rev-parse --git-path staged-checks)
changed() {{
    find . -maxdepth 1 \\( -type f -o -name . \\) -cnewer "$again"
    find tools -cnewer "$again"
}}
if [ -x "$again" ] && [ -z "$(changed)" ]; then
    "$again"
    code=$?
    [ $code -eq {GONE} ] || exit $code
fi

# Older than what Bazel now reads: the program turns it into the script, of the same age.
: >"$again.began"
bazel=bazel
[ -x ./bazelw ] && bazel=./bazelw
exec "$bazel" run --config=nochecks --noshow_progress --show_result=0 --ui_event_filters=-info,-stdout \\
    //tools/fix/hook:staged -- --began="$again.began"
"""


class HookError(WorkspaceError):
    """A hook of another origin is there."""


def install(root: Path) -> Path:
    """Write the hook, and return where.

    Raises:
        GitError: git failed.
        HookError: another hook is there.
    """
    named = git(root, "rev-parse", "--git-path", "hooks/pre-commit").strip()
    path = root / named
    if path.exists() and MARK.encode() not in path.read_bytes():
        raise HookError(
            f"{path} is a hook of another origin, and stays as it is.\n"
            "Fix: have it run `bazel run //tools/fix/hook:staged`, or take it away and run this again."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HOOK, encoding="utf-8")
    path.chmod(0o755)
    return path


def main(argv: Sequence[str] | None = None) -> int:
    """Install the hook."""
    plain_parser("//tools/checks:install_hook", __doc__).parse_args(argv)
    try:
        print(f"installed {install(workspace_folder())}")
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
