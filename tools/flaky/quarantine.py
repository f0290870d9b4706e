"""Checks the quarantine: cases that may fail for a while, from `quarantine.bzl` by way of JSON.

Invoked by Bazel as: quarantine --report=FILE --quarantine=FILE --files=INVENTORY
"""

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from tools.findings.finding import Finding, format_report

FILE = "quarantine.bzl"
KEYS = {"case", "owner", "reason", "issue", "since", "expires"}
LONGEST = timedelta(days=14)


def read_entries(path: Path) -> list[dict[str, str]]:
    """Return the entries."""
    entries: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def problems(
    entry: dict[str, str], files: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an entry, and what mends it."""
    if entry.keys() != KEYS:
        wanted = ", ".join(sorted(KEYS))
        yield f"has {', '.join(sorted(entry)) or 'no key'}; wanted {wanted}.", wanted
        return
    for key in ("owner", "reason", "issue"):
        if not entry[key].strip():
            yield f"has an empty {key}.", f"write its {key}"
    if entry["case"].partition("::")[0] not in files:
        yield "names a file that isn't there.", "take it out"
    try:
        since, expires = map(date.fromisoformat, (entry["since"], entry["expires"]))
    except ValueError as error:
        yield f"has a date that is none: {error}.", "write it as 2026-12-31"
        return
    if not timedelta() < expires - since <= LONGEST:
        days = (expires - since).days
        yield f"holds {days} days; wanted 1 to {LONGEST.days}.", "an earlier `expires`"


def check(entries: Sequence[dict[str, str]], files: Collection[str]) -> list[Finding]:
    """Return what is wrong with the form of the quarantine, whatever the day."""
    return [
        Finding(FILE, 0, 0, "quarantine/entry", f"{entry.get('case')}: {text}", fix)
        for entry in entries
        for text, fix in problems(entry, files)
    ]


def expired(entries: Sequence[dict[str, str]], today: date) -> list[str]:
    """Return the entries that are over, as text."""
    return [
        f"{entry['case']}: over since {entry['expires']}, {entry['owner']}, {entry['issue']}"
        for entry in entries
        if date.fromisoformat(entry["expires"]) < today
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Write a report, and succeed whatever is in it."""
    parser = argparse.ArgumentParser(fromfile_prefix_chars="@")
    for name in ("report", "quarantine", "files"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args(argv)
    files = set(options.files.read_text(encoding="utf-8").splitlines())
    findings = check(read_entries(options.quarantine), files)
    options.report.write_text(format_report(findings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
