"""Reads the workspace's status, which Bazel gives to what is stamped."""

from dataclasses import dataclass
from pathlib import Path

KEY = "STABLE_GIT_COMMIT"
DIRTY_KEY = "STABLE_GIT_DIRTY"


@dataclass(frozen=True)
class Revision:
    """What is built: a commit, or a checkout of it that held something else."""

    commit: str
    is_dirty: bool

    def __str__(self) -> str:
        """Return the name of it, which never is that of a commit that it isn't."""
        return f"{self.commit}-dirty" if self.is_dirty else self.commit


def revision_of(status: Path) -> Revision:
    """Return what is built.

    Raises:
      SystemExit: where the status names no commit.
    """
    lines = status.read_text("utf-8").splitlines()
    known = {key: value for key, _, value in (line.partition(" ") for line in lines)}
    if known.get(KEY, "unknown") in ("", "unknown"):
        raise SystemExit(
            f"--stamp needs {KEY}, and the workspace's status has no commit.\n"
            "Fix: build in a git checkout, with the --workspace_status_command of .bazelrc."
        )
    return Revision(known[KEY], known.get(DIRTY_KEY) == "true")
