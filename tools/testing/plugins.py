"""Finds the pytest plugins of the distributions that a target declares, autoload being off."""

import os
import re
import sys
from collections.abc import Iterator, Sequence

GROUP = "pytest11"


def plugin_modules(distributions: Sequence[str]) -> list[str]:
    """Return the plugin modules of these distributions, sorted."""
    wanted = {normalise(name) for name in distributions}
    modules: set[str] = set()
    for folder in metadata_folders(wanted) if wanted else ():
        modules.update(read_plugins(folder))
    return sorted(modules)


def metadata_folders(wanted: set[str]) -> Iterator[str]:
    """Yield the `.dist-info` folder of each wanted distribution on the import path."""
    for entry in sys.path:
        if not entry.endswith("site-packages"):
            continue
        for name in os.listdir(entry):
            stem, _dot, ending = name.rpartition(".")
            if ending == "dist-info" and normalise(stem.partition("-")[0]) in wanted:
                yield os.path.join(entry, name)


def read_plugins(folder: str) -> list[str]:
    """Return the modules that a distribution registers with pytest."""
    import configparser  # noqa: PLC0415  # a target without plugins goes without

    parser = configparser.ConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their case
    parser.read(os.path.join(folder, "entry_points.txt"))
    if not parser.has_section(GROUP):
        return []
    return [value.partition(":")[0].strip() for _, value in parser.items(GROUP)]


def normalise(name: str) -> str:
    """Return a distribution's name as labels and metadata folders may both write it."""
    return re.sub(r"[-_.]+", "_", name).lower()
