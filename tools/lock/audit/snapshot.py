"""The advisories of what is locked, as a file: a header, and a record of OSV a line.

The header says when it was taken, from where, and of which distributions, also of those
that have no advisory, and what an index says of their releases; its digest is of the
records and the releases, so that no hand takes one out.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NamedTuple
from urllib.request import Request, urlopen

from tools.lock.audit.advisories import Record
from tools.lock.audit.releases import Release

SNAPSHOT = "advisories.jsonl"
SERVICE = "https://api.osv.dev"
_SECONDS = 30


class SnapshotError(Exception):
    """The snapshot can't be read, or isn't what its header says."""


class Snapshot(NamedTuple):
    """What a service knew of some distributions on a day."""

    taken: date
    service: str
    names: frozenset[str]
    """The distributions that were asked for."""
    records: tuple[Record, ...]
    releases: Mapping[str, Release] = {}
    """What was pinned then, by name."""


def _digest(lines: Sequence[str], releases: object) -> str:
    known = json.dumps(releases, sort_keys=True)
    return hashlib.sha256("\n".join([known, *lines]).encode()).hexdigest()


def parse_snapshot(text: str) -> Snapshot:
    """Return a snapshot.

    Raises:
        SnapshotError: it isn't one, or was changed by hand.
    """
    first, *lines = text.removesuffix("\n").split("\n")
    try:
        header = json.loads(first)
        taken = date.fromisoformat(header["taken"])
        records = tuple(map(json.loads, lines))
        names, written = frozenset(header["names"]), header["releases"]
        releases = {name: Release(**release) for name, release in written.items()}
        known = Snapshot(taken, header["service"], names, records, releases)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(f"{SNAPSHOT} isn't a snapshot: {error!r}") from None
    if header.get("sha256") != _digest(lines, written):
        raise SnapshotError(f"{SNAPSHOT} has what its header doesn't know")
    return known


def format_snapshot(snapshot: Snapshot) -> str:
    """Return the text of a snapshot; equal ones have equal texts."""
    records = sorted(snapshot.records, key=lambda record: str(record["id"]))
    lines = [json.dumps(record, sort_keys=True) for record in records]
    releases = {name: found._asdict() for name, found in snapshot.releases.items()}
    header = {
        "taken": snapshot.taken.isoformat(),
        "service": snapshot.service,
        "names": sorted(snapshot.names),
        "releases": dict(sorted(releases.items())),
        "sha256": _digest(lines, releases),
    }
    return "".join(f"{line}\n" for line in (json.dumps(header), *lines))


def _records_of(name: str, service: str) -> list[Record]:
    """Return every advisory of a distribution, of any version."""
    question = {"package": {"name": name, "ecosystem": "PyPI"}}
    found: list[Record] = []
    while True:
        body = json.dumps(question).encode()
        # A person chooses the address.
        request = Request(f"{service}/v1/query", body)  # noqa: S310
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            page = json.load(answer)
        found += page.get("vulns", [])
        if not page.get("next_page_token"):
            return found
        question["page_token"] = page["next_page_token"]


def take_snapshot(names: Sequence[str], service: str, today: date) -> Snapshot:
    """Ask a service for the advisories of some distributions.

    Raises:
        OSError: it can't be reached.
        ValueError: its answer is no JSON.
    """
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda name: _records_of(name, service), names))
    records = {str(record["id"]): record for found in answers for record in found}
    return Snapshot(today, service, frozenset(names), tuple(records.values()))
