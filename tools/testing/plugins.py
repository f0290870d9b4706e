"""Chooses the pytest plugins of a run among the distributions on its import path.

pytest loads every plugin it finds. A target's import path has also what its distributions need for themselves:
Starlette brings anyio, whose plugin no test has asked for. Loaded are the plugins of distributions that the target or
its libraries name, and of what those plugins require. A distribution that no other requires is one that they name, and
so is a first-party project.
"""

import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PathDistribution
from pathlib import Path

GROUP = "pytest11"
_REQUIREMENT = r"^Requires-Dist: *([\w.-]+)(.*)$"


@dataclass(frozen=True)
class Installed:
    """A distribution on the import path."""

    name: str
    folder: str

    @cached_property
    def plugins(self) -> list[str]:
        """The names of its pytest plugins."""
        try:
            with open(f"{self.folder}/entry_points.txt", encoding="utf-8") as opened:
                if f"[{GROUP}]" not in opened.read():
                    return []
        except FileNotFoundError:
            return []
        entries = PathDistribution(Path(self.folder)).entry_points.select(group=GROUP)
        return [entry.name for entry in entries]

    @cached_property
    def requirements(self) -> set[str]:
        """The names of what it requires, extras apart."""
        try:
            # Old ones hold names in other encodings.
            with open(f"{self.folder}/METADATA", errors="replace") as opened:
                head = opened.read().partition("\n\n")[0]
        except FileNotFoundError:
            return set()
        found = re.findall(_REQUIREMENT, head, re.MULTILINE)
        return {label_name(name) for name, marker in found if "extra ==" not in marker}


def plugin_arguments(named: Sequence[str]) -> list[str] | None:
    """Return what keeps pytest from loading the plugins that nobody asked for; None where nobody asked for any.

    Args:
      named: the distributions that the target itself names.
    """
    everything = list(installed())
    providers = [found for found in [*everything, *first_party()] if found.plugins]
    wanted = chosen(providers, everything, {label_name(name) for name in named})
    if not wanted:
        return None
    unwanted = [provider for provider in providers if provider not in wanted]
    return [f"-pno:{name}" for provider in unwanted for name in provider.plugins]


def chosen(
    providers: Sequence[Installed],
    everything: Sequence[Installed],
    named: Collection[str],
) -> list[Installed]:
    """Return the distributions among the providers whose plugins are loaded."""
    wanted = [
        provider
        for provider in providers
        if provider.name in named
        or not any(provider.name in other.requirements for other in everything)
    ]
    for plugin in wanted:
        # The list grows while it is read.
        wanted += [
            provider
            for provider in providers
            if provider not in wanted and provider.name in plugin.requirements
        ]
    return wanted


def installed() -> Iterator[Installed]:
    """Yield the distributions on the import path."""
    for entry in sys.path:
        if entry.endswith("site-packages"):
            yield from _in(entry)


def first_party() -> Iterator[Installed]:
    """Yield the first-party projects on the import path that have metadata, as a `distribution_info` writes it."""
    for entry in sys.path:
        if not entry.endswith("site-packages"):
            yield from _in(entry)


def _in(folder: str) -> Iterator[Installed]:
    # The rules may name a folder that isn't there, which Python passes over, too.
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        stem, _dot, ending = name.rpartition(".")
        if ending == "dist-info":
            yield Installed(label_name(stem.partition("-")[0]), f"{folder}/{name}")


def label_name(name: str) -> str:
    """Return the name of a distribution below `@pip//`, as tools/workspace/names.py does.

    Not that one: what the runner imports would be in every report of coverage.
    """
    return re.sub(r"[-_.]+", "_", name).lower()
