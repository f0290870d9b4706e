"""Where a developer's machine keeps queues, unless told otherwise."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

# What is logged of such a place, and of the setting that names another one.
UNUSABLE = "jobs can't be kept in %s. Fix: name a place that can be written by %s, or by XDG_STATE_HOME."

# As much as a new queue takes.
_PROBE = bytes(256 * 1024)


def state_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder that all services of this user on this machine share.

    It may be one that can't be made: a container's user often has no home, or may not write there.
    """
    home = environment.get("XDG_STATE_HOME")
    base = Path(home) if home else _home() / ".local" / "state"
    return base.absolute() / "monorepo"


def default_url(environment: Mapping[str, str]) -> str:
    """Return the URL of the embedded transport in the shared folder."""
    return f"disk://{state_folder(environment) / 'queue'}"


def disk_folder(url: str) -> Path | None:
    """Return the folder that a URL of the embedded transport names."""
    parts = urlsplit(url)
    return Path(parts.path) if parts.scheme == "disk" else None


def why_unusable(folder: Path) -> str | None:
    """Return why nothing can be kept in a folder, which is made if need be; None where it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
    except OSError as error:
        return f"{folder}: {error.strerror}"
    return None


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        # No HOME, and a user id that no account has: what `docker run --user` takes for home.
        return Path("/")
