"""What differs between the work tree and the last commit."""

from pathlib import Path

from tools.workspace.git import GitError, git, git_paths


class History:
    """The last commit of a work tree; nothing where there is none yet."""

    def __init__(self, root: Path) -> None:
        self._root = root
        try:
            git(root, "rev-parse", "--verify", "--quiet", "HEAD")
        except GitError:
            self._base: list[str] = []
        else:
            self._base = ["HEAD"]

    def committed(self) -> frozenset[str]:
        """Return the files of the last commit."""
        if not self._base:
            return frozenset()
        return frozenset(git_paths(self._root, "ls-tree", "-r", "--name-only", "HEAD"))

    def touched(self) -> list[str]:
        """Return the files that differ from it, new ones and gone ones included."""
        options = ["--others", "--exclude-standard"]
        if not self._base:
            return git_paths(self._root, "ls-files", "--cached", *options)
        changed = git_paths(self._root, "diff", "--name-only", "--no-renames", "HEAD")
        return [*changed, *git_paths(self._root, "ls-files", *options)]

    def renamed(self) -> dict[str, str]:
        """Return the new path of each file that git sees renamed."""
        if not self._base:
            return {}
        options = ("--name-status", "--find-renames", "--diff-filter=R", "-z", "HEAD")
        fields = git(self._root, "diff", *options).split("\0")
        return dict(zip(fields[1::3], fields[2::3], strict=False))
