"""Where things lie in an image, and what is left out of it.

| place | holds |
|---|---|
| `/opt/python` | the interpreter: `bin/python3.N` and its standard library |
| `/opt/venv` | a plain venv on it: every distribution in one `site-packages`, their programs in `bin` |
| `/app` | first-party code and its data at their path from the repository's root |
| `/NAME` | data of another repository: beside `/app`, as in a program's runfiles |
| `/opt/runfiles` | links to `/app` and what lies beside it, for what asks `RUNFILES_DIR` |
"""

import re
import sys
from collections.abc import Sequence
from fnmatch import fnmatch

PYTHON_NAME = f"python{sys.version_info.major}.{sys.version_info.minor}"
PYTHON_ROOT = "opt/python"
VENV = "opt/venv"
VENV_PYTHON = f"/{VENV}/bin/python"
SITE_PACKAGES = f"{VENV}/lib/{PYTHON_NAME}/site-packages"
APP = "app"

# Parts of the interpreter that no service needs: they need a display, a compiler or a network, or
# are the interpreter's own tests.
STDLIB_LEFT_OUT = (
    "config-*",
    "ensurepip",
    "idlelib",
    "lib-dynload/_test*",
    "lib-dynload/_tkinter*",
    "lib-dynload/xx*",
    "lib2to3",
    "pydoc_data",
    "site-packages",
    "test",
    "tkinter",
    "turtledemo",
    "EXTERNALLY-MANAGED",
)

# Folders of a distribution that hold its own tests.
TEST_FOLDERS = frozenset({"test", "tests"})

# What sdists hold beside their modules and careless wheels put on top of site-packages: any two clash over it.
_PAPERS = re.compile(
    r"(readme|licen[cs]e|copying|notice|authors|contributors|contributing|changes|changelog|history|news|security|todo"
    r"|pyproject|setup|tox|manifest|makefile|requirements)([-_][\w-]*)?(\.(md|rst|txt|adoc|toml|cfg|ini|in|apache|bsd|mit))?",
    re.I,
)

# What an installer writes for itself, and may differ between machines.
INSTALLER_FILES = frozenset({"INSTALLER", "REQUESTED", "direct_url.json"})

_SHARED_OBJECT = re.compile(r"lib/libpython[^/]*\.so[^/]*")


CONFLICT_FIX = (
    "Fix: an image has one site-packages, as a venv has: drop one of the two distributions, "
    "or lock versions that agree."
)


class PlaceError(Exception):
    """A file that has no place in an image; its text is for the user."""


def conflict(path: str, names: Sequence[str]) -> str:
    """Return the line for one place with two contents."""
    return f"/{path} is in both {' and '.join(names)}, with different bytes."


def python_place(path: str) -> str | None:
    """Return the place of a file of the interpreter, None for one that is left out.

    Args:
      path: the file's path from the interpreter's root.
    """
    if _SHARED_OBJECT.fullmatch(path):
        return f"{PYTHON_ROOT}/{path}"
    library = f"lib/{PYTHON_NAME}/"
    if not path.startswith(library):
        return None
    inside = path.removeprefix(library).split("/")
    starts = {"/".join(inside[:depth]) for depth in (1, 2)}
    if any(fnmatch(start, pattern) for start in starts for pattern in STDLIB_LEFT_OUT):
        return None
    return f"{PYTHON_ROOT}/{path}"


def app_place(path: str) -> str | None:
    """Return the place of a first-party file, None for a stub: only type checkers read it."""
    return None if path.endswith(".pyi") else f"{APP}/{path}"


def wheel_place(path: str, *, keeps_tests: bool) -> str | None:
    """Return the place of a file of a distribution, None for one that is left out.

    Args:
      path: the file's path from the distribution's root: below `site-packages`, `bin`, `data` or
        `include`.
      keeps_tests: whether the distribution's test folders are kept.
    """
    kind, _, inside = path.partition("/")
    if kind == "site-packages":
        is_kept = keeps_tests or not TEST_FOLDERS.intersection(inside.split("/")[:-1])
        return f"{SITE_PACKAGES}/{inside}" if is_kept and _is_code(inside) else None
    if kind == "bin":
        return f"{VENV}/bin/{inside}"
    if kind == "data":
        return f"{VENV}/{inside}"
    if kind == "include":
        return None
    raise PlaceError(f"{path} lies outside site-packages, bin, data and include.")


def _is_code(path: str) -> bool:
    """Return whether a file below site-packages is neither an installer's nor a paper."""
    if path.partition("/")[0].endswith(".dist-info"):
        return not path.endswith(tuple(INSTALLER_FILES))
    return not _PAPERS.fullmatch(path)
