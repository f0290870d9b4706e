"""Where a developer's machine keeps queues by default."""

import logging
import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

_log = logging.getLogger(__name__)

_UNUSABLE = "jobs can't be kept in %s. Fix: name a place that can be written by %s, or by XDG_STATE_HOME."

# As much as a new queue takes.
_PROBE = bytes(256 * 1024)


def state_folder() -> Path:
    """Return the folder that all services of a clone share that `bazel run` starts, elsewhere those of a user.

    It may be one that can't be made: a container's user often has no home, or may not write there.
    """
    if clone := os.environ.get("BUILD_WORKSPACE_DIRECTORY"):
        return Path(clone) / ".cache" / "state"
    home = os.environ.get("XDG_STATE_HOME")
    base = Path(home) if home else _home() / ".local" / "state"
    return base.absolute() / "monorepo"


def queue_url() -> str:
    """Return the URL of the disk transport in the shared folder."""
    return f"disk://{state_folder() / 'queue'}"


def disk_folder(url: str) -> Path | None:
    """Return the folder that a URL of the disk transport names."""
    parts = urlsplit(url)
    return Path(parts.path) if parts.scheme == "disk" else None


def warn_if_unusable(folder: Path | None, setting: str) -> None:
    """Log which setting to change where nothing can be kept in a folder, which is made if need be."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
    except OSError as error:
        _log.warning(_UNUSABLE, f"{folder}: {error.strerror}", setting)


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        # No HOME, and a user id that no account has: what `docker run --user` takes for home.
        return Path("/")
