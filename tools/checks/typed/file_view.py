"""The files that mypy may see: the target's own, and the names of what lies below it.

mypy's paths are those of this view, never the machine's, so its results are the same in
every sandbox: `/repo` is the repository, `/lock` every locked distribution merged, and
`/mypy` the stubs of the standard library.
"""

import errno
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from mypy.fscache import FileSystemCache
from mypy.util import hash_digest

from tools.checks.typed.archive import Archive

REPOSITORY = "/repo"
LOCK = "/lock"
STUBS = "/mypy"


class StaleTypesError(Exception):
    """mypy asks for the source of a module whose types should have travelled."""


def _status(mode: int) -> os.stat_result:
    # No size and no time: they would tell dependents of edits that don't concern them.
    return os.stat_result((mode, 1, 1, 1, 0, 0, 0, 0, 0, 0))


_FILE = _status(stat.S_IFREG | 0o444)
_FOLDER = _status(stat.S_IFDIR | 0o555)


def folders_of(paths: Sequence[str]) -> dict[str, set[str]]:
    """Return every folder above these absolute paths, and the names in it."""
    folders: dict[str, set[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        while name not in folders.setdefault(folder, set()):
            folders[folder].add(name)
            folder, _, name = folder.rpartition("/")
            if not name:
                break
    return folders


class FileView(FileSystemCache):
    """Gives mypy the view; it replaces what mypy reads the disk by."""

    def __init__(self, own: Mapping[str, Path], archives: Sequence[Archive]) -> None:
        super().__init__()
        self._own = own
        self.refused = ""
        self._archives = archives
        # One layer for many small archives, and one for the lock's: a look-up costs two.
        near = folders_of(list(own))
        for archive in archives[:-1]:
            for folder, names in archive.folders.items():
                near.setdefault(folder, set()).update(names)
        self._layers: list[Mapping[str, set[str] | list[str]]] = [near]
        self._layers += [archive.folders for archive in archives[-1:]]
        self._names: dict[str, frozenset[str]] = {}

    def _absolute(self, path: str) -> str:
        full = path if path.startswith("/") else f"{REPOSITORY}/{path}"
        return os.path.normpath(full) if "/." in full or "//" in full else full

    def _names_in(self, folder: str) -> frozenset[str]:
        names = self._names.get(folder)
        if names is None:
            names = frozenset().union(
                *(layer.get(folder, ()) for layer in self._layers)
            )
            self._names[folder] = names
        return names

    def stat_or_none(self, path: str) -> os.stat_result | None:
        """Return what is at a path, if anything."""
        full = self._absolute(path)
        if self._names_in(full):
            return _FOLDER
        folder, _, name = full.rpartition("/")
        return _FILE if name in self._names_in(folder) else None

    def init_under_package_root(self, path: str) -> bool:  # noqa: ARG002  # mypy's
        """Deny: an `__init__.py` that isn't there isn't made up."""
        return False

    def listdir(self, path: str) -> list[str]:
        """Return the names in a folder, sorted."""
        names = self._names_in(self._absolute(path))
        if not names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return sorted(names)

    def isfile(self, path: str) -> bool:
        """Return whether a file is at a path."""
        return self.stat_or_none(path) is _FILE

    def isfile_case(self, path: str, prefix: str) -> bool:  # noqa: ARG002  # mypy's
        """Return whether a file is at a path; the view knows one case only."""
        return self.isfile(path)

    def exists_case(self, path: str, prefix: str) -> bool:  # noqa: ARG002  # mypy's
        """Return whether anything is at a path; the view knows one case only."""
        return self.stat_or_none(path) is not None

    def isdir(self, path: str) -> bool:
        """Return whether a folder is at a path."""
        return bool(self._names_in(self._absolute(path)))

    def exists(self, path: str, real_only: bool = False) -> bool:
        """Return whether anything is at a path; nothing is where mypy's parser could read it by itself."""
        return not real_only and self.stat_or_none(path) is not None

    def read(self, path: str) -> bytes:
        """Return a source.

        Raises:
            StaleTypesError: the module is one whose types should have travelled.
        """
        full = self._absolute(path)
        if full in self._own:
            data = self._own[full].read_bytes()
        else:
            found = (archive.source(full) for archive in self._archives)
            source = next((text for text in found if text is not None), None)
            if source is None:
                self.refused = full
                raise StaleTypesError(full)
            data = source
        self.hash_cache[path] = hash_digest(data)
        return data

    def hash_digest(self, path: str) -> str:
        """Return the hash of a source."""
        if path not in self.hash_cache:
            self.read(path)
        return self.hash_cache[path]

    def samefile(self, f1: str, f2: str) -> bool:
        """Return whether two paths name one file."""
        return self._absolute(f1) == self._absolute(f2)
