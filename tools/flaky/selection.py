"""Which tests a hunt runs: those that patterns name, or that an edit or some days' commits affect."""

from collections.abc import Sequence
from pathlib import Path

from tools.graph.affected.__main__ import labels_since
from tools.workspace.bazel import Bazel
from tools.workspace.git import GitError, git, is_shallow


def named_tests(bazel: Bazel, patterns: Sequence[str]) -> list[str]:
    """Return the labels of the tests that patterns of Bazel name."""
    union = " + ".join(patterns)
    tests = f'tests({union}) except attr(tags, "manual", {union})'
    return sorted(bazel.query(tests).split())


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


def affected_tests(root: Path, since: str | None) -> list[str]:
    """Return the labels of the tests that the edit affects, or what came since a moment."""
    base = commit_before(root, since) if since else "HEAD"
    return labels_since(root, base, "tests")
