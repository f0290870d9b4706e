"""Follows what .bazelrc imports."""

import posixpath
import re
from collections.abc import Callable, Iterator

BAZELRC = ".bazelrc"
# https://bazel.build/run/bazelrc#imports
_IMPORT = re.compile(
    r"^\s*(?:try-)?import\s+[\"']?(?:%workspace%/)?([^\s\"']+)", re.MULTILINE
)


def imported(read: Callable[[str], str | None]) -> Iterator[tuple[str, str | None]]:
    """Yield .bazelrc and each file that it imports, through others too, with its text.

    Args:
        read: returns the text of a path from the root, or None where it isn't there or isn't known.
    """
    todo = [BAZELRC]
    for path in todo:
        text = read(path)
        yield path, text
        named = map(posixpath.normpath, _IMPORT.findall(text or ""))
        todo += [it for it in dict.fromkeys(named) if it not in todo]
