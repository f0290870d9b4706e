"""Prints the entries of a hashed lock file that hold for this interpreter and some platforms, as JSON.

Invoked by the module extension as: python3 -I read_lock.py LOCK NAME_FOR_MESSAGES PLATFORM...
A platform is `linux_MACHINE`; an entry has its pin for each platform that it holds for.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
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


def read_entry(
    line: str, where: str, platforms: Sequence[str]
) -> tuple[dict[str, object], dict[str, object], list[str]]:
    """Return what one entry names, its pin, and the platforms for which its marker holds."""
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
    name = canonicalize_name(requirement.name)
    known: dict[str, object] = {
        "name": name,
        "key": name.replace("-", "_"),
        "extras": sorted(requirement.extras),
    }
    pin: dict[str, object] = {"version": pins[0], "hashes": sorted(hashes)}
    marker = requirement.marker
    return (
        known,
        pin,
        [
            platform
            for platform in platforms
            if not marker or marker.evaluate(environment(platform))
        ],
    )


def environment(platform: str) -> dict[str, str]:
    """Return what a platform makes of the variables of markers."""
    return {"extra": "", "platform_machine": platform.partition("_")[2]}


def read_text(path: Path, label: str) -> str:
    """Return the lock's text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SystemExit(f"{label}: is missing.\n{UPDATE}") from None
    except UnicodeDecodeError as error:
        raise SystemExit(f"{label}: isn't UTF-8: {error}\n{UPDATE}") from None


def users(text: str) -> dict[str, list[str]]:
    """Return what needs each distribution, as the comments of the lock say, by normalised name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if entry := re.match(r"([\w.-]+)(\[.*\])?==", line):
            name = canonicalize_name(entry[1])
        elif user := re.fullmatch(r"\s+#\s+(?:via\s+)?(?:-r\s+)?(?!via$)(\S+)", line):
            found.setdefault(name, []).append(user[1])
    return found


def read_entries(
    text: str, label: str, platforms: Sequence[str]
) -> list[dict[str, object]]:
    """Return the entries by name, each with its pins by platform."""
    entries: dict[str, dict[str, object]] = {}
    pinned: dict[tuple[str, str], dict[str, object]] = {}
    needed_by = users(text)
    for number, line in logical_lines(text):
        where = f"{label}:{number}"
        known, pin, holds = read_entry(line, where, platforms)
        key = str(known["key"])
        for platform in holds:
            other = pinned.setdefault((key, platform), pin)
            if other is not pin:
                raise SystemExit(
                    f"{where}: {key} is pinned twice for {platform}: "
                    f"{other['version']} and {pin['version']}\n{UPDATE}"
                )
            own = {"pins": {}, "users": needed_by.get(str(known["name"]), [])}
            entry = entries.setdefault(key, known | own)
            # pyrefly: ignore[unsupported-operation]
            entry["pins"][platform] = pin
    return [entries[key] for key in sorted(entries)]


def main() -> None:
    """Read the lock and print its entries."""
    path, label, *platforms = sys.argv[1:]
    text = read_text(Path(path), label)
    json.dump(read_entries(text, label, platforms), sys.stdout)


if __name__ == "__main__":
    main()
