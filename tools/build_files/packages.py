"""The files of the repository by their packages, and which of them a glob takes.

A glob is Bazel's: `*` stays in a folder, `**` is any number of folders, and a folder
with a BUILD file of its own ends it.
"""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache

from tools.workspace.labels import package_around

# Such as `**/*.py` and `a/b/**/*_old.py`.
_BELOW = re.compile(r"(?P<folder>[^*]*)\*\*/\*(?P<ending>[^*/]+)")
BUILD_NAMES = ("BUILD.bazel", "BUILD")


class Packages:
    """Which package each file is in."""

    def __init__(self, files: Iterable[str], hidden: Sequence[str] = ()) -> None:
        """Sort the files.

        Args:
            files: their paths from the root.
            hidden: the folders of `.bazelignore`, which Bazel doesn't look into.
        """
        self.hidden = tuple(f"{folder.strip('/')}/" for folder in hidden)
        self.files = sorted(files)
        seen = [file for file in self.files if not file.startswith(self.hidden)]
        split = [file.rpartition("/") for file in seen]
        self.names = {folder for folder, _, name in split if name in BUILD_NAMES}
        self._files: dict[str, list[str]] = {name: [] for name in self.names}
        for file in seen:
            package = self.package_of(file)
            if package is not None:
                inside = file.removeprefix(f"{package}/") if package else file
                self._files[package].append(inside)

    def package_of(self, file: str) -> str | None:
        """Return the package that a file lies in."""
        return package_around(file, self.names)

    def glob(
        self, package: str, include: Iterable[str], exclude: Iterable[str] = ()
    ) -> list[str]:
        """Return the files of a package that patterns take, from its folder, sorted."""
        wanted = [pattern.split("/") for pattern in include]
        unwanted = list(exclude)
        return [
            file
            for file in self._files.get(package, [])
            if _takes_any(wanted, file)
            and not any(_excludes(pattern, file) for pattern in unwanted)
        ]


def _excludes(pattern: str, file: str) -> bool:
    below = _BELOW.fullmatch(pattern)
    if below:
        # Bazel looks at both ends only, and so a dot at the front doesn't matter here.
        return file.startswith(below["folder"]) and file.endswith(below["ending"])
    return _takes_any([pattern.split("/")], file)


def _takes_any(patterns: Iterable[list[str]], file: str) -> bool:
    parts = tuple(file.split("/"))
    return any(_takes(tuple(pattern), parts) for pattern in patterns)


@cache
def _takes(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    if not pattern or not parts:
        return not parts and all(part == "**" for part in pattern)
    if pattern[0] == "**":
        return _takes(pattern[1:], parts) or _takes(pattern, parts[1:])
    return _takes_part(pattern[0], parts[0]) and _takes(pattern[1:], parts[1:])


def _takes_part(pattern: str, part: str) -> bool:
    if pattern == "*":
        return True
    # A dot that begins a name is matched by a dot only, unless `*` stands alone.
    if part.startswith(".") and not pattern.startswith("."):
        return False
    # `*` is all that Bazel's patterns know; to fnmatch, `[` and `?` mean something too.
    plain = "".join(f"[{letter}]" if letter in "[?" else letter for letter in pattern)
    return fnmatchcase(part, plain)
