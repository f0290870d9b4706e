"""Prints the entries of a hashed lock file that hold for this interpreter and platform, as JSON.

Invoked by the module extension as: python3 -I read_lock.py LOCK NAME_FOR_MESSAGES
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

# The algorithms that pip calls strong.
HASH = re.compile(
    r"\s--hash=(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})(?=\s|$)",
    re.IGNORECASE,
)
CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})(\s|$)")
UPDATE = "Fix: bazel run //:requirements.update"


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each entry on one line with the number of its first line, comments left out."""
    first, parts = 0, []
    for number, written in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*", "", written).rstrip()
        if not line:
            continue
        first = first or number
        parts.append(line.removesuffix("\\"))
        if not line.endswith("\\"):
            yield first, " ".join(parts)
            first, parts = 0, []
    if parts:
        yield first, " ".join(parts)


def read_entry(line: str, where: str) -> dict[str, object] | None:
    """Return one entry, or None where its marker does not hold here."""
    if CONFLICT.match(line):
        raise SystemExit(f"{where}: the conflict of a merge is unsettled.\n{UPDATE}")
    hashes = [value.lower() for value in HASH.findall(line)]
    try:
        requirement = Requirement(HASH.sub("", line).strip())
    except InvalidRequirement as error:
        raise SystemExit(
            f"{where}: not a locked requirement: {error}\n{UPDATE}"
        ) from None
    exact = ("==", "===")
    pins = [spec.version for spec in requirement.specifier if spec.operator in exact]
    if len(pins) != 1 or len(requirement.specifier) != 1:
        found = str(requirement.specifier) or "no version"
        raise SystemExit(
            f"{where}: {requirement.name} is not pinned: found {found}, wanted ==VERSION\n{UPDATE}"
        )
    if not hashes:
        raise SystemExit(
            f"{where}: {requirement.name} has no hash, wanted --hash=sha256:…\n{UPDATE}"
        )
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        return None
    name = canonicalize_name(requirement.name)
    return {
        "name": name,
        "key": name.replace("-", "_"),
        "version": pins[0],
        "extras": sorted(requirement.extras),
        "hashes": sorted(hashes),
    }


def read_text(path: Path, label: str) -> str:
    """Return the lock's text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SystemExit(f"{label}: is missing.\n{UPDATE}") from None
    except UnicodeDecodeError as error:
        raise SystemExit(f"{label}: isn't UTF-8: {error}\n{UPDATE}") from None


def main() -> None:
    """Read the lock and print its entries."""
    path, label = Path(sys.argv[1]), sys.argv[2]
    entries: dict[str, dict[str, object]] = {}
    for number, line in logical_lines(read_text(path, label)):
        where = f"{label}:{number}"
        entry = read_entry(line, where)
        if not entry:
            continue
        key = str(entry["key"])
        if key in entries:
            raise SystemExit(
                f"{where}: {key} is pinned twice for this platform: "
                f"{entries[key]['version']} and {entry['version']}\n{UPDATE}"
            )
        entries[key] = entry
    json.dump([entries[key] for key in sorted(entries)], sys.stdout)


if __name__ == "__main__":
    main()
