"""Lets pyproject.toml hold the options of a plugin that this target doesn't have.

pytest refuses an option that nobody declares (`--strict-config`), and plugins are loaded per target. An option that is
nearly one that is known stays refused: it is misspelt.
"""

from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

import pytest

_TABLES = ("[tool.pytest]", "[tool.pytest.ini_options]")


def declare_plugin_options(config: pytest.Config, parser: pytest.Parser) -> None:
    """Declare the options in pytest's table that no plugin of this run declares."""
    if not config.inipath:
        return
    for name in option_names(config.inipath):
        if is_known(config, name) or any(
            is_known(config, other) for other in variations(name)
        ):
            continue
        parser.addini(name, "An option of a plugin that is not loaded.")


def option_names(settings: Path) -> list[str]:
    """Return the names of the options in pytest's table."""
    names = []
    is_within = False
    # Reading it as TOML a second time would cost a hundredth of a small test.
    for line in settings.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            is_within = line.strip() in _TABLES
        name, equals, _ = line.partition("=")
        if is_within and equals and not line[0].isspace():
            names.append(name.strip(' "'))
    return names


def is_known(config: pytest.Config, name: str) -> bool:
    """Return whether pytest, or a plugin that is loaded, has an option of this name."""
    try:
        config.getini(name)
    except ValueError as error:
        return "unknown configuration value" not in str(error)
    return True


def variations(name: str) -> Iterator[str]:
    """Yield the names that differ from this one in one letter."""
    for place in range(len(name) + 1):
        before, after = name[:place], name[place:]
        yield before + after[1:]
        for letter in (*ascii_lowercase, "_"):
            yield before + letter + after
            yield before + letter + after[1:]
