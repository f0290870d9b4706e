"""The Python that MODULE.bazel names, and the settings of other tools that follow it.

black, ruff and Pyrefly are told in pyproject.toml, since an editor runs them too.
"""

import re
from collections.abc import Iterator

SETTINGS = "pyproject.toml"
_NAMED = re.compile(r'\b(?:PYTHON|python_version)\s*=\s*"(3\.\d+)"')
_FOLLOWS = re.compile(
    r'^(?:target-version = \[?"py|python-version = ")(?P<version>3\.?\d+)"',
    re.MULTILINE,
)


def named_python(module: str) -> str:
    """Return the Python that MODULE.bazel names; nothing where it names none."""
    found = _NAMED.search(module)
    return found[1] if found else ""


def disagreeing(settings: str, python: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of pyproject.toml that name another Python, each with what it says."""
    new = with_python(settings, python).splitlines()
    for number, line in enumerate(settings.splitlines(), 1):
        if line != new[number - 1]:
            yield number, line


def with_python(settings: str, python: str) -> str:
    """Return pyproject.toml with its settings for a Python."""

    def followed(match: re.Match[str]) -> str:
        version = python if "." in match["version"] else python.replace(".", "")
        return match[0].replace(match["version"], version)

    return _FOLLOWS.sub(followed, settings)
