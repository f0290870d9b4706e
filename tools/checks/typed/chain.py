"""Writes a chain of small libraries, each of four files and standing on the one before."""

from collections.abc import Iterator
from pathlib import Path

MODEL = '''"""The records of {name}."""

from dataclasses import dataclass, field
from enum import Enum


class Kind{n}(Enum):
    """What a record is."""

    PLAIN = "plain"
    SPECIAL = "special"

'''

RECORD = '''
@dataclass(frozen=True)
class Record{n}{letter}:
    """One record."""

    name: str
    count: int = 0
    kind: Kind{n} = Kind{n}.PLAIN
    tags: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)

    def best(self) -> float | None:
        """Return the best score."""
        return max(self.scores.values(), default=None)

    def renamed(self, name: str) -> "Record{n}{letter}":
        """Return the record by another name."""
        return Record{n}{letter}(name, self.count, self.kind, self.tags, self.scores)

'''

TEXT = '''"""Texts of {name}."""

import json
import re
from collections.abc import Iterable, Iterator

from libs.{name}.model import Record{n}a, Record{n}b

WORD = re.compile(r"[a-z]+")


def words(text: str) -> Iterator[str]:
    """Yield the words of a text."""
    for match in WORD.finditer(text.lower()):
        yield match[0]


def count_words(texts: Iterable[str]) -> dict[str, int]:
    """Return how often each word occurs."""
    counts: dict[str, int] = {{}}
    for text in texts:
        for word in words(text):
            counts[word] = counts.get(word, 0) + 1
    return counts


def to_json(records: Iterable[Record{n}a]) -> str:
    """Return records as JSON."""
    return json.dumps([{{"name": r.name, "count": r.count}} for r in records])


def pair(first: Record{n}a, second: Record{n}b) -> tuple[str, str]:
    """Return two names."""
    return first.name, second.name

'''

STORE = '''"""Where {name} keeps its records."""

from collections.abc import Callable, Sequence
from pathlib import Path

from libs.{name}.model import Kind{n}, Record{n}a
from libs.{name}.text import to_json


class Store{n}[T]:
    """Keeps things by name."""

    def __init__(self, name_of: Callable[[T], str]) -> None:
        self._name_of = name_of
        self._things: dict[str, T] = {{}}

    def add(self, thing: T) -> None:
        """Keep one thing."""
        self._things[self._name_of(thing)] = thing

    def find(self, name: str) -> T | None:
        """Return a thing, if it is kept."""
        return self._things.get(name)

    def all(self) -> Sequence[T]:
        """Return everything, by name."""
        return [self._things[name] for name in sorted(self._things)]


def special(store: Store{n}[Record{n}a]) -> list[Record{n}a]:
    """Return the special records."""
    return [record for record in store.all() if record.kind is Kind{n}.SPECIAL]


def save(store: Store{n}[Record{n}a], path: Path) -> int:
    """Write every record, and return how many there are."""
    path.write_text(to_json(store.all()), encoding="utf-8")
    return len(store.all())

'''

API = '''"""What {name} offers."""

from libs.{name}.model import Kind{n}, Record{n}a
from libs.{name}.store import Store{n}, special
{below}

def make_store() -> Store{n}[Record{n}a]:
    """Return an empty store."""
    return Store{n}(lambda record: record.name)


def total(store: Store{n}[Record{n}a]) -> int:
    """Return the sum of all counts."""
    total = sum(record.count for record in store.all())
    return total


def fill(names: list[str]) -> Store{n}[Record{n}a]:
    """Return a store of records by these names."""
    store = make_store()
    for number, name in enumerate(names):
        kind = Kind{n}.SPECIAL if number % 2 else Kind{n}.PLAIN
        store.add(Record{n}a(name, number, kind))
    return store


def summary(names: list[str]) -> str:
    """Return one line about records by these names."""
    store = fill(names)
    return f"{{total(store)}} in all, {{len(special(store))}} special{{BEFORE(names)}}"
'''

FIRST = """

def BEFORE(names: list[str]) -> str:
    \"\"\"Return nothing: no library stands before this one.\"\"\"
    return ""

"""


def write_chain(root: Path, length: int) -> Iterator[str]:
    """Write the libraries below `root`, and yield their names in order."""
    before = ""
    for number in range(length):
        name = f"lib{number:03}"
        folder = root / "libs" / name
        folder.mkdir(parents=True)
        values = {"name": name, "n": f"{number}"}
        model = MODEL.format(**values)
        for letter in "abcd":
            model += RECORD.format(letter=letter, **values)
        below = (
            f"from libs.{before}.api import summary as BEFORE\n" if before else FIRST
        )
        files = {
            "model": model,
            "text": TEXT.format(**values),
            "store": STORE.format(**values),
            "api": API.format(below=below, **values),
        }
        for module, text in files.items():
            (folder / f"{module}.py").write_text(text, encoding="utf-8")
        yield name
        before = name
