"""The file in which one target's types travel to its dependents: mypy's cache, in one piece.

An index stands before the bytes that it points into. It names the rows of mypy's cache,
the files that exist, and the sources that mypy may still ask for. Equal contents are
equal bytes.
"""

import marshal
import mmap
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

COMPRESSION = 6
SIZE_BYTES = 8
# Written and read by one interpreter, in a third of JSON's time. Later versions of the
# format mark shared objects, which differ from run to run.
MARSHAL_VERSION = 2


@dataclass(frozen=True)
class Contents:
    """What an archive holds."""

    rows: Mapping[str, bytes]
    """mypy's cache: the name that mypy gives a piece, and the piece."""
    folders: Mapping[str, list[str]]
    """Every folder that holds something, by its path, and the names in it."""
    sources: Mapping[str, bytes] = field(default_factory=dict)
    """Modules that are not in `rows` yet and may be needed, by path."""
    is_broken: bool = False
    """Whether the target could not be analysed, so that nothing can be said above it."""


class Archive:
    """An archive that is read as it is asked."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = int.from_bytes(self._map[:SIZE_BYTES])
        self._start = SIZE_BYTES + size
        head = self._map[SIZE_BYTES : self._start]
        index = marshal.loads(head)  # noqa: S302  # written by a build action
        self._rows: dict[str, list[int]] = index["rows"]
        self._sources: dict[str, list[int]] = index["sources"]
        self.folders: dict[str, list[str]] = index["folders"]
        self.is_broken: bool = index["is_broken"]

    def names(self) -> Iterable[str]:
        """Return the names of the rows."""
        return self._rows

    def row(self, name: str) -> bytes | None:
        """Return a piece of mypy's cache."""
        return self._slice(self._rows.get(name))

    def source(self, path: str) -> bytes | None:
        """Return a module's source, if it travels here."""
        packed = self._slice(self._sources.get(path))
        return None if packed is None else zlib.decompress(packed)

    def _slice(self, place: list[int] | None) -> bytes | None:
        if place is None:
            return None
        start = self._start + place[0]
        return self._map[start : start + place[1]]


def write_archive(path: Path, contents: Contents) -> None:
    """Write the file that `Archive` reads."""
    packed = {
        name: zlib.compress(source, COMPRESSION)
        for name, source in contents.sources.items()
    }
    place = 0
    indexes: list[dict[str, list[int]]] = []
    pieces: list[bytes] = []
    for table in (contents.rows, packed):
        places = {}
        for name, piece in sorted(table.items()):
            places[name] = [place, len(piece)]
            place += len(piece)
            pieces.append(piece)
        indexes.append(places)
    rows, sources = indexes
    head = {
        "rows": rows,
        "sources": sources,
        "folders": {
            name: sorted(names) for name, names in sorted(contents.folders.items())
        },
        "is_broken": contents.is_broken,
    }
    with path.open("wb") as file:
        index = marshal.dumps(head, MARSHAL_VERSION)
        file.write(len(index).to_bytes(SIZE_BYTES) + index)
        file.writelines(pieces)
