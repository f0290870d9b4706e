"""Settles distributions into the image's venv: programs, records, and what is known of each."""

import base64
import configparser
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser

from tools.image.layer_writer import places
from tools.image.layer_writer.archive import Member

_SCRIPT = """\
#!{python}
import sys

from {module} import {root}

if __name__ == "__main__":
    sys.exit({call}())
"""

ENTRY_POINTS = "entry_points.txt"
_PYTHON_SHEBANG = re.compile(rb"#![^\n]*python[^\n]*\n")


@dataclass
class Distribution:
    """A distribution in a layer: its files by their place in the image."""

    name: str
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def info(self) -> str:
        """Return the place of the folder with the metadata."""
        found = {
            path.rpartition("/")[0]
            for path in self.members
            if path.endswith(".dist-info/METADATA")
        }
        if len(found) != 1:
            raise places.PlaceError(
                f"{self.name} has {len(found)} .dist-info folders with METADATA; 1 is wanted.\n"
                "Fix: lock another version, or report it to the distribution's authors."
            )
        return found.pop()


def starter(python: str, entry: str) -> bytes:
    """Return a program that starts an entry point, `module:attribute`."""
    module, _, call = entry.partition("[")[0].replace(" ", "").partition(":")
    root = call.partition(".")[0]
    text = _SCRIPT.format(python=python, module=module, root=root, call=call)
    return text.encode()


def programs(entry_points: Member) -> dict[str, Member]:
    """Return the programs that an entry_points.txt names, by their place."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    # Names of programs are case-sensitive; the checker sees a method where a plain function is documented.
    # pyrefly: ignore[bad-assignment, method-assign]
    parser.optionxform = str
    parser.read_string(entry_points.content().decode())
    if not parser.has_section("console_scripts"):
        return {}
    return {
        f"{places.VENV}/bin/{name}": Member(data=starter(places.VENV_PYTHON, entry))
        for name, entry in sorted(parser["console_scripts"].items())
    }


def settle_programs(distribution: Distribution) -> None:
    """Give the programs in `bin` the image's interpreter."""
    for path, member in distribution.members.items():
        if path.startswith(f"{places.VENV}/bin/"):
            shebang = _PYTHON_SHEBANG.match(content := member.content())
            if shebang:
                own = f"#!{places.VENV_PYTHON}\n".encode()
                distribution.members[path] = Member(data=own + content[shebang.end() :])
    path = f"{distribution.info}/{ENTRY_POINTS}"
    if path in distribution.members:
        distribution.members |= programs(distribution.members[path])


def _relative(path: str) -> str:
    """Return a place as RECORD writes it: from `site-packages`."""
    if path.startswith(f"{places.SITE_PACKAGES}/"):
        return path.removeprefix(f"{places.SITE_PACKAGES}/")
    return "../../../" + path.removeprefix(f"{places.VENV}/")


def write_record(distribution: Distribution) -> None:
    """Replace RECORD by one of the files that are in the image."""
    record = f"{distribution.info}/RECORD"
    rows: list[tuple[str, str, str]] = []
    for path, member in sorted(distribution.members.items()):
        if path == record:
            continue
        content = member.content()
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        rows.append(
            (
                _relative(path),
                f"sha256={digest.decode().rstrip('=')}",
                str(len(content)),
            )
        )
    rows.append((_relative(record), "", ""))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sorted(rows))
    distribution.members[record] = Member(data=text.getvalue().encode())


def _licence(metadata: Message) -> str:
    """Return the licence as the authors name it."""
    text = str(metadata["License"] or "").strip()
    # Some authors put the whole text there.
    return text if "\n" not in text else ""


def describe(distribution: Distribution) -> dict[str, object]:
    """Return what bills of materials say of a distribution."""
    info = distribution.info
    metadata = BytesParser().parsebytes(
        distribution.members[f"{info}/METADATA"].content(), headersonly=True
    )
    return {
        "name": metadata["Name"],
        "version": metadata["Version"],
        # As an SPDX expression where there is one (PEP 639).
        "licence_expression": metadata["License-Expression"] or "",
        "licence": _licence(metadata),
        "licence_classifiers": [
            name
            for name in metadata.get_all("Classifier") or []
            if name.startswith("License ::")
        ],
        "summary": metadata["Summary"] or "",
        "size": sum(len(member.content()) for member in distribution.members.values()),
        "boms": [
            json.loads(member.content())
            for path, member in sorted(distribution.members.items())
            if path.startswith(f"{info}/sboms/") and path.endswith(".json")
        ],
    }


def digests(members: Mapping[str, Member]) -> dict[str, str]:
    """Return the SHA-256 of each file, by its place."""
    return {
        path: hashlib.sha256(member.content()).hexdigest()
        for path, member in sorted(members.items())
    }


def merged(distributions: Iterable[Distribution]) -> dict[str, Member]:
    """Return the files of all, or raise where two put different bytes into one place.

    Raises:
      PlaceError: with one line for each such place.
    """
    owners: dict[str, Distribution] = {}
    problems = []
    for distribution in distributions:
        for path, member in distribution.members.items():
            other = owners.setdefault(path, distribution)
            if other is distribution:
                continue
            if other.members[path].content() != member.content():
                names = sorted([other.name, distribution.name])
                problems.append(places.conflict(path, names))
    if problems:
        raise places.PlaceError(
            "\n".join(sorted(problems)) + "\n" + places.CONFLICT_FIX
        )
    return {path: owner.members[path] for path, owner in owners.items()}
