"""Matches advisories in OSV's format against a version: https://ossf.github.io/osv-schema/.

Written here, since the scanners that could be locked ask a service which advisories
match, and a snapshot has none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from packaging.version import InvalidVersion, Version

from tools.workspace.names import normalise

# Any: a record of OSV, as JSON.
type Record = Mapping[str, Any]
_RANGES = ("ECOSYSTEM", "SEMVER")


class AdvisoryError(Exception):
    """An advisory can't be matched: it has a version that is none."""


def _version(text: str, record: Record) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise AdvisoryError(f"{record['id']} names the version {text!r}") from None


def _entries(record: Record, name: str) -> Iterator[Record]:
    """Yield what a record says of one distribution."""
    for affected in record.get("affected", []):
        package = affected.get("package", {})
        if package.get("ecosystem") == "PyPI" and normalise(package["name"]) == name:
            yield affected


def _events(entry: Record, record: Record) -> Iterator[list[tuple[Version, str]]]:
    """Yield the events of each range, by version."""
    for found in entry.get("ranges", []):
        if found.get("type") in _RANGES:
            events = [
                (_version(text, record), kind)
                for event in found["events"]
                for kind, text in event.items()
                if kind != "limit"
            ]
            yield sorted(events)


def _in_range(version: Version, events: list[tuple[Version, str]]) -> bool:
    inside = False
    for at, kind in events:
        # Up to `last_affected` itself, and to before `fixed`.
        if version > at or (version == at and kind != "last_affected"):
            inside = kind == "introduced"
    return inside


def affects(record: Record, name: str, version: Version) -> bool:
    """Return whether an advisory is about a version of a distribution.

    Raises:
        AdvisoryError: it can't be compared with what the record says.
    """
    if record.get("withdrawn"):
        return False
    for entry in _entries(record, name):
        # An old version that nobody can order is another than ours.
        if str(version) in entry.get("versions", []):
            return True
        if any(_in_range(version, events) for events in _events(entry, record)):
            return True
    return False


def fixed_in(record: Record, name: str, version: Version) -> Version | None:
    """Return the next version in which an advisory is mended, or None where none is."""
    fixed = [
        at
        for entry in _entries(record, name)
        for events in _events(entry, record)
        for at, kind in events
        if kind == "fixed" and at > version
    ]
    return min(fixed, default=None)
