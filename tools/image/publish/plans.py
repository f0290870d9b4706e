"""What is to be pushed, and what became of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """One image, and where a push of it goes."""

    image: str
    digest: str
    repository: str
    tags: tuple[str, ...]
    referrers: tuple[str, ...] = ()
    """The digests of what refers to it, in the order in which they are sent."""

    @classmethod
    def read(cls, path: Path) -> Plan:
        """Return the plan in a file."""
        found = json.loads(path.read_bytes())
        return cls(
            found["image"],
            found["digest"],
            found["repository"],
            tuple(found["tags"]),
            tuple(found["referrers"]),
        )

    @property
    def reference(self) -> str:
        """Return how a registry knows the image."""
        return f"{self.repository}@{self.digest}"


@dataclass
class Outcome:
    """What became of one image: its blobs, by what was done with each, and its failure."""

    image: str
    skipped: bool = False
    sent: dict[str, int] = field(default_factory=dict)
    mounted: dict[str, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    failure: str = ""

    @property
    def text(self) -> str:
        """Return one line that tells of it."""
        if self.failure:
            return f"failed   {self.image}: {self.failure}"
        if self.skipped:
            more = f"; sent what it lacked of its documents, {counted(self.sent)}"
            return (
                f"skipped  {self.image}: the registry has it{more if self.sent else ''}"
            )
        counts = f"sent {counted(self.sent)}, mounted {counted(self.mounted)}, there {counted(self.present)}"
        return f"pushed   {self.image}: {counts}"


def counted(blobs: dict[str, int]) -> str:
    """Return how many blobs there are, and their bytes."""
    return f"{len(blobs)} ({sum(blobs.values()) / 1e6:.1f} MB)"


def summary(outcomes: Iterable[Outcome]) -> str:
    """Return the last line of a run."""
    done = list(outcomes)
    failed = sum(bool(it.failure) for it in done)
    skipped = sum(it.skipped and not it.failure for it in done)
    sent = sum(sum(it.sent.values()) for it in done)
    mounted = sum(sum(it.mounted.values()) for it in done)
    return (
        f"{len(done) - failed - skipped} pushed, {skipped} skipped, {failed} failed; "
        f"{sent:,} bytes sent, {mounted:,} mounted"
    )
