"""Where a run's sources are."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sources:
    """Where sources are read, and by which settings of coverage.py."""

    root: Path
    settings: Path = Path(__file__).parents[3] / "pyproject.toml"
