"""Where a developer's machine keeps queues, unless told otherwise."""

from collections.abc import Mapping
from pathlib import Path


def state_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder that all services of this user on this machine share."""
    home = environment.get("XDG_STATE_HOME")
    base = Path(home) if home else Path.home() / ".local" / "state"
    return base.absolute() / "monorepo"


def default_url(environment: Mapping[str, str]) -> str:
    """Return the URL of the embedded transport in the shared folder."""
    return f"disk://{state_folder(environment) / 'queue'}"
