"""What a push of an image sends and where, as `push_plan` writes it."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """The image, or a document that refers to it."""

    digest: str
    layout: str
    """The target that is its OCI layout folder."""


@dataclass(frozen=True)
class Plan:
    """One image, and where a push of it goes."""

    image: str
    repository: str
    tags: tuple[str, ...]
    parts: tuple[Part, ...]
    """The image, then what refers to it, in the order in which they are sent."""

    @classmethod
    def read(cls, path: Path) -> Plan:
        """Return the plan in a file."""
        found = json.loads(path.read_bytes())
        parts = tuple(Part(**part) for part in found["parts"])
        return cls(found["image"], found["repository"], tuple(found["tags"]), parts)

    @property
    def digest(self) -> str:
        """The image's own digest."""
        return self.parts[0].digest

    def reference(self, part: Part) -> str:
        """Return how a registry knows a part."""
        return f"{self.repository}@{part.digest}"
