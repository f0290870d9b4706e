"""Records the packages of a root: name, version, architecture, archive's sha256.

Two machines with equal records give equal digests.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

Stanza = dict[str, str]


def stanzas(lines: Iterable[str], fields: set[str]) -> Iterator[Stanza]:
    """Yield the named fields of each paragraph of a Debian control file."""
    stanza: Stanza = {}
    for line in lines:
        if not line.strip():
            if stanza:
                yield stanza
            stanza = {}
            continue
        name, colon, value = line.partition(":")
        if colon and name in fields:
            stanza[name] = value.strip()
    if stanza:
        yield stanza


def installed(status: Iterable[str]) -> list[Stanza]:
    """Return the installed packages of dpkg's status file, by name."""
    found = stanzas(status, {"Package", "Version", "Architecture", "Status"})
    kept = [one for one in found if one.get("Status", "").endswith(" installed")]
    return sorted(kept, key=_identity)


def package_record(status: Iterable[str], lists: Iterable[str]) -> list[str]:
    """Return `name version architecture sha256` for each installed package, by name.

    Args:
      status: lines of dpkg's status file.
      lists: lines of the package lists that the packages were chosen from.
    """
    fields = {"Package", "Version", "Architecture", "SHA256"}
    hashes = {_identity(one): one.get("SHA256", "-") for one in stanzas(lists, fields)}
    return [
        " ".join((*_identity(one), hashes.get(_identity(one), "-")))
        for one in installed(status)
    ]


def read_record(root: Path) -> list[str]:
    """Return the record of an unpacked root whose package lists are still there."""
    with (root / "var/lib/dpkg/status").open(encoding="utf-8") as status:
        paths = sorted((root / "var/lib/apt/lists").glob("*_Packages"))
        return package_record(status, _lines(paths))


def _identity(stanza: Stanza) -> tuple[str, str, str]:
    return stanza["Package"], stanza["Version"], stanza["Architecture"]


def _lines(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        with path.open(encoding="utf-8") as file:
            yield from file
            yield "\n"
