"""mypy's cache in memory, in the place of the SQLite file that it would open.

mypy's compiled code can't be given another store, but it looks `sqlite3` up when it
opens its own: `RowStore` answers the five statements that mypy 2.4 sends.
"""

from collections.abc import Sequence

from tools.checks.typed.archive import Archive


class _Answer:
    def __init__(self, rows: list[tuple[object, ...]]) -> None:
        self._rows = rows

    def fetchall(self) -> list[tuple[object, ...]]:
        return self._rows


class RowStore:
    """A connection that reads the archives and keeps what mypy writes.

    The last archive is the lock's, and is asked last: it is a thousand times the size
    of the others.
    """

    def __init__(self, archives: Sequence[Archive]) -> None:
        self._places: dict[str, Archive] = {}
        for archive in reversed(archives[:-1]):
            self._places.update(dict.fromkeys(archive.names(), archive))
        self._last = archives[-1] if archives else None
        self.written: dict[str, bytes] = {}

    def executescript(self, script: str) -> None:
        """Accept mypy's schema."""

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> _Answer:
        """Answer one of mypy's statements."""
        verb, _, rest = statement.partition(" ")
        if verb == "PRAGMA":
            return _Answer([])
        name = values[0]
        if verb == "INSERT" and isinstance(name, str):
            data = values[2]
            if isinstance(data, bytes):
                self.written[name] = data
                return _Answer([])
        if verb == "SELECT" and isinstance(name, str):
            row = self._row(name)
            if row is None:
                return _Answer([])
            return _Answer([(row if rest.startswith("data") else 0.0,)])
        raise NotImplementedError(
            f"mypy sends its cache a statement that is new: {statement}"
        )

    def _row(self, name: str) -> bytes | None:
        if name in self.written:
            return self.written[name]
        archive = self._places.get(name, self._last)
        return archive.row(name) if archive else None

    def commit(self) -> None:
        """Do nothing: what is written is kept."""

    def close(self) -> None:
        """Do nothing: what is written is read afterwards."""
