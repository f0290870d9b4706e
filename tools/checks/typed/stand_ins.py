"""Stands in for what mypy imports and the check of a target never needs: a third of its start.

What mypy calls all the same fails by name, as each bump of mypy is to show.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple


class Done:
    """A call that was made, and how it ended."""

    def __init__(
        self, call: Callable[..., object], arguments: Sequence[object]
    ) -> None:
        """Make the call."""
        self._returned: object = None
        self._raised: BaseException | None = None
        try:
            self._returned = call(*arguments)
        except BaseException as error:  # it is raised where a pool raises it
            self._raised = error

    def result(self) -> object:
        """Return what the call returned, or raise what it raised."""
        if self._raised:
            raise self._raised
        return self._returned


class OneThread:
    """A pool without threads: for a target's few files they cost more than they save."""

    def __init__(self, max_workers: int) -> None:
        """Take what a pool takes."""

    def __enter__(self) -> OneThread:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def submit(self, call: Callable[..., object], *arguments: object) -> Done:
        """Make a call."""
        return Done(call, arguments)


class Waited(NamedTuple):
    """What waiting for calls returns."""

    done: set[Done]
    not_done: set[Done]


def wait(calls: Iterable[Done]) -> Waited:
    """Return calls, all of which are made."""
    return Waited(set(calls), set())


def _files(package: str) -> Path:
    return Path(sys.modules[package].__path__[0])


def _stand_in(name: str, **attributes: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(attributes)
    sys.modules[name] = module
    return module


def _named(*names: str) -> dict[str, object]:
    return {name: type(name, (Exception,), {}) for name in names}


def stand_in() -> None:
    """Put the stand-ins where mypy, which is not imported yet, will find them."""
    # .gitignore files are read for `--exclude-gitignore` alone.
    _stand_in("pathspec", **_named("GitIgnoreSpec"))
    _stand_in("pathspec.patterns")
    _stand_in("pathspec.patterns.gitignore", **_named("GitIgnorePatternError"))
    # The cache is kept in memory: see row_store.py.
    database = _stand_in("sqlite3.dbapi2", **_named("connect"))
    names = _named("Connection", "OperationalError")
    _stand_in("sqlite3", dbapi2=database, **names)
    # Another interpreter is asked where its distributions lie, and git which commit mypy is.
    _stand_in("subprocess", **_named("CalledProcessError", "TimeoutExpired"))
    # Its own folder, which is no archive, is all that mypy looks for.
    _stand_in("importlib.resources", files=_files)
    _stand_in("concurrent.futures", ThreadPoolExecutor=OneThread, wait=wait)
