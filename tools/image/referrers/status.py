"""Reads the workspace's status, which Bazel gives to what is stamped."""

from pathlib import Path

KEY = "STABLE_GIT_COMMIT"


def commit_of(status: Path) -> str:
    """Return the commit that is built.

    Raises:
      SystemExit: where the status names none.
    """
    for line in status.read_text("utf-8").splitlines():
        key, _, value = line.partition(" ")
        if key == KEY and value and value != "unknown":
            return value
    raise SystemExit(
        f"--stamp needs {KEY}, and the workspace's status has no commit.\n"
        "Fix: build in a git checkout, with the --workspace_status_command of .bazelrc."
    )
