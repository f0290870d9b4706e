"""What a run says of its session while it goes on, in a file in memory that outlives its process.

One line each, a word and a text: `collected` with a test's id and `content` with a digest of its parameters (see
sharding), `selected`, `started` and `finished` with an id, `copied` with the id of a test that a fork came back from,
`remark` with what the session has to say, `thread` with the name of one that is left at the end, and `ended` with the
exit code.
"""

import os
from collections import Counter
from collections.abc import Iterable, Sequence

# Where a second process leaves its record; see recollection.
RECOLLECTION = "MONOREPO_RECOLLECTION"
_SHOWN = 6


class Record:
    """The lines, written by the process of the tests and read by its parent."""

    def __init__(self) -> None:
        self.file = os.memfd_create("record")
        self.owner = os.getpid()

    def own(self) -> None:
        """Let this process be the one that writes."""
        self.owner = os.getpid()

    def is_own(self) -> bool:
        """Return whether this is that process, and no fork of it."""
        return os.getpid() == self.owner

    def write(self, word: str, texts: Iterable[str]) -> None:
        """Add a line for each text."""
        lines = [f"{word} {escape(text)}\n" for text in texts]
        os.write(self.file, "".join(lines).encode())

    def content(self) -> str:
        """Return all lines."""
        return os.pread(self.file, os.fstat(self.file).st_size, 0).decode()

    def texts(self, word: str) -> list[str]:
        """Return the texts of the lines that begin with a word."""
        return texts_of(self.content(), word)

    def unfinished(self) -> list[str]:
        """Return the ids of the selected tests that haven't finished."""
        left = Counter(self.texts("selected")) - Counter(self.texts("finished"))
        return list(left.elements())


def texts_of(content: str, word: str) -> list[str]:
    """Return the texts of a record's lines that begin with a word."""
    lines = [line.partition(" ") for line in content.splitlines()]
    return [unescape(text) for found, _, text in lines if found == word]


def escape(text: str) -> str:
    """Return any text as one line of ASCII."""
    return text.encode("unicode_escape", "surrogatepass").decode()


def unescape(line: str) -> str:
    """Return the text of a line."""
    return line.encode().decode("unicode_escape", "surrogatepass")


def shown(tests: Sequence[str]) -> str:
    """Return the first of some tests, and how many more there are."""
    more = f" and {len(tests) - _SHOWN} more" if len(tests) > _SHOWN else ""
    return ", ".join(tests[:_SHOWN]) + more
