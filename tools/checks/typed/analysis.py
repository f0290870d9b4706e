"""Runs mypy over modules of the view, and returns its messages and its cache.

mypy is used as a library, with three doors of its process held: where it is
(`os.getcwd`, `os.path.abspath`), where distributions lie, and where its cache is.
"""

import os
import sqlite3.dbapi2
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import mypy.build
import mypy.main
import mypy.modulefinder
from mypy.errors import CompileError
from mypy.modulefinder import BuildSource
from mypy.options import Options

from tools.checks.typed.archive import Archive
from tools.checks.typed.file_view import (
    LOCK,
    REPOSITORY,
    STUBS,
    FileView,
    StaleTypesError,
)
from tools.checks.typed.row_store import RowStore

STUBS_FOLDER = Path(mypy.build.__file__).parent / "typeshed"
_MYPY_FOLDER = str(STUBS_FOLDER.parent)
_real_abspath = os.path.abspath
_real_listdir = os.listdir


@dataclass(frozen=True)
class Analysis:
    """What mypy said, and the cache that it wrote."""

    messages: list[str]
    rows: dict[str, bytes]
    is_complete: bool
    """False where mypy gave up, as at a syntax error."""


def _abspath(path: str) -> str:
    full = _real_abspath(path)
    if full.startswith(_MYPY_FOLDER):
        return STUBS + full.removeprefix(_MYPY_FOLDER)
    return full


def _listdir(path: str = ".") -> list[str]:
    # mypy looks above the working directory for a package that it may stand in.
    return [] if path == REPOSITORY else _real_listdir(path)


def read_settings(pyproject: Path) -> Options:
    """Return mypy's options as `pyproject.toml` sets them."""
    command = [f"--config-file={pyproject}", "--no-site-packages", "-c", "pass"]
    _, options = mypy.main.process_options(command)
    options.bazel = True
    options.abs_custom_typeshed_dir = f"{STUBS}/typeshed"
    options.output = "json"
    return options


def analyse(
    sources: Sequence[BuildSource],
    own: Mapping[str, Path],
    archives: Sequence[Archive],
    options: Options,
) -> Analysis:
    """Analyse modules, once per process: mypy keeps much of its state globally.

    Args:
        sources: the modules to check.
        own: the file on disk of each path of the view that is not in an archive.
        archives: the types of everything below.
        options: what `read_settings` returned.

    Raises:
        StaleTypesError: mypy asks for a module whose types should be in an archive.
    """
    store = RowStore(archives)
    messages: list[str] = []

    def keep(_: str | None, new: list[str], __: bool) -> None:
        messages.extend(new)

    enter_view()
    sqlite3.dbapi2.connect = lambda *_, **__: store  # type: ignore[assignment]  # a stand-in
    is_complete = True
    view = FileView(own, archives)
    try:
        mypy.build.build(list(sources), options, fscache=view, flush_errors=keep)
    except CompileError:
        is_complete = False
    except SystemExit:
        # mypy ends the process after an error of its own, such as the view's.
        if view.refused:
            raise StaleTypesError(view.refused) from None
        raise
    return Analysis(messages, store.written, is_complete)


def enter_view() -> None:
    """Make this process's mypy see the view; `analyse` does it too."""
    os.getcwd = lambda: REPOSITORY
    os.path.abspath = _abspath  # type: ignore[assignment]  # for str alone
    os.listdir = _listdir  # type: ignore[assignment]  # for str alone
    mypy.modulefinder.get_search_dirs = lambda _: ([], [LOCK])  # type: ignore[assignment]  # was cached
