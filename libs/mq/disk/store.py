"""Keeps messages in an SQLite file that processes of one machine share.

A message that is taken stays in the file, under the name of its holder, until it is settled. A holder keeps
a lock on a file of its own; the kernel lets it go when the process ends, however it ends, and
whoever looks next gives that holder's messages back.
"""

import fcntl
import json
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# NORMAL: what was committed survives the end of any process, but not a loss of power.
_SETTINGS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000;"
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS queues (
    name TEXT PRIMARY KEY, capacity INTEGER NOT NULL, size INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    headers TEXT NOT NULL,
    holder TEXT,
    deliveries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS free ON messages (queue, id) WHERE holder IS NULL;
CREATE INDEX IF NOT EXISTS held ON messages (holder) WHERE holder IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS arrives AFTER INSERT ON messages
    BEGIN UPDATE queues SET size = size + 1 WHERE name = NEW.queue; END;
CREATE TRIGGER IF NOT EXISTS leaves AFTER DELETE ON messages
    BEGIN UPDATE queues SET size = size - 1 WHERE name = OLD.queue; END;
"""

_FREE = """
SELECT id FROM messages
WHERE holder IS NULL AND queue IN (SELECT value FROM json_each(?))
ORDER BY id LIMIT ?
"""
_TAKE = """
UPDATE messages SET holder = ?, deliveries = deliveries + 1
WHERE id IN (
    SELECT id FROM messages
    WHERE holder IS NULL AND queue IN (SELECT value FROM json_each(?))
    ORDER BY id LIMIT ?
)
RETURNING id, queue, body, headers, deliveries
"""


class FullError(Exception):
    """A queue that holds as many messages as it may, or that nobody declared."""


@dataclass(frozen=True)
class Taken:
    """A message in this holder's hands, and how often it has been in anybody's."""

    id: int
    queue: str
    body: str
    headers: str
    deliveries: int


class DiskStore:
    """One holder's connection to the shared file; used by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Open the file in a folder, making both if need be."""
        self._holders = folder / "holders"
        self._holders.mkdir(parents=True, exist_ok=True)
        self._name = uuid.uuid7().hex
        self._lock: int | None = None
        self._database = sqlite3.connect(
            folder / "messages.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._reclaimed = 0.0
        self._door = folder / "door"
        try:
            with _alone(self._door):
                self._lock = _lock(self._holders / self._name, os.O_CREAT)
                self._prepare()
        except BaseException:
            self._let_go()
            raise

    def close(self) -> None:
        """Give back what is held, and let the file go."""
        if self._lock is None:
            return
        try:
            self._free(self._name)
            (self._holders / self._name).unlink(missing_ok=True)
        finally:
            self._let_go()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens inside happen at once, or not at all."""
        if self._database.in_transaction:
            yield
            return
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def declare(self, queue: str, capacity: int) -> None:
        """Make a queue exist; the last one to declare it sets its capacity."""
        self._database.execute(
            "INSERT INTO queues (name, capacity) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET capacity = excluded.capacity"
            " WHERE capacity <> excluded.capacity",
            (queue, capacity),
        )

    def put(self, queue: str, body: str, headers: str = "{}") -> None:
        """Add a message, or raise FullError."""
        added = self._database.execute(
            "INSERT INTO messages (queue, body, headers) SELECT name, ?, ? FROM queues"
            " WHERE name = ? AND size < capacity",
            (body, headers, queue),
        )
        if not added.rowcount:
            raise FullError(queue)

    def take(self, queues: Sequence[str], limit: int) -> list[Taken]:
        """Return the oldest free messages and hold them."""
        names = json.dumps(queues)
        # A look takes no lock that others wait for; a take does.
        if not self._database.execute(_FREE, (names, 1)).fetchone():
            return []
        rows = self._database.execute(_TAKE, (self._name, names, limit)).fetchall()
        return [Taken(*row) for row in sorted(rows)]

    def settle(self, ids: Sequence[int]) -> None:
        """Forget messages that are dealt with."""
        self._database.execute(
            "DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )

    def give_back(self, ids: Sequence[int]) -> None:
        """Free messages that were held in vain, as if they had not been delivered."""
        self._database.execute(
            "UPDATE messages SET holder = NULL, deliveries = deliveries - 1"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )

    def size(self, queue: str) -> int:
        """Return how many messages a queue has, held ones included."""
        row = self._database.execute(
            "SELECT size FROM queues WHERE name = ?", (queue,)
        ).fetchone()
        return int(row[0]) if row else 0

    def purge(self, queue: str) -> int:
        """Remove a queue's free messages and return how many there were."""
        return self._database.execute(
            "DELETE FROM messages WHERE queue = ? AND holder IS NULL", (queue,)
        ).rowcount

    def reclaim(self, pause: float = 1.0) -> None:
        """Free what dead holders hold, unless this was done less than a pause ago."""
        if time.monotonic() - self._reclaimed < pause:
            return
        self._reclaimed = time.monotonic()
        with _alone(self._door):
            for path in self._holders.iterdir():
                lock = None if path.name == self._name else _lock(path)
                if lock is not None:
                    self._free(path.name)
                    path.unlink(missing_ok=True)
                    os.close(lock)

    def _prepare(self) -> None:
        self._database.executescript(_SETTINGS)
        with self.transaction():
            for statement in _statements(_SCHEMA):
                self._database.execute(statement)

    def _let_go(self) -> None:
        """Close everything; whoever looks next finds the holder's file, if it is there still."""
        self._database.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _free(self, holder: str) -> None:
        self._database.execute(
            "UPDATE messages SET holder = NULL WHERE holder = ?", (holder,)
        )


def _lock(path: Path, flags: int = 0) -> int | None:
    """Return a descriptor that holds a file's lock, or None if another one does."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until nobody else is inside, in this process or another.

    Where two switch a new file to WAL, SQLite refuses one of them at once, whatever its timeout. And
    a holder that has its file, and is about to lock it, would be taken for dead by one that looks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _statements(script: str) -> Iterator[str]:
    """Split a script: executescript would commit before it, outside any transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
