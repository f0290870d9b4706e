"""Writes which distribution provides which modules, as short as it can be said.

Invoked by Bazel as: distribution_map --output=FILE --index=INDEX…

A line holds a prefix of module names and the labels that provide it. A first part that
one distribution has for itself is one line; one that several share (a namespace such as
opentelemetry) is split until each line has an owner.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tools.imports.index.modules import Index, stub_of

HEADER = (
    "# Which locked distribution provides which modules: a prefix and its labels.\n"
    "# Written by `bazel run //:requirements.update`; a test compares it.\n"
)
# Before the label of each that pytest loads by its entry point.
PLUGIN = "# plugin "


def split(provided: dict[str, set[str]], depth: int = 1) -> Iterator[str]:
    """Yield the lines for modules with their owners, all equal in `depth - 1` parts."""
    groups: dict[str, dict[str, set[str]]] = {}
    for module, labels in provided.items():
        prefix = ".".join(module.split(".")[:depth])
        groups.setdefault(prefix, {})[module] = labels
    for prefix, group in sorted(groups.items()):
        owners = set.union(*group.values())
        if len(owners) == 1 or set(group) == {prefix}:
            yield " ".join([prefix, *sorted(owners)])
        else:
            if prefix in group:
                yield " ".join([prefix, *sorted(group.pop(prefix))])
            yield from split(group, depth + 1)


def format_map(indexes: Iterable[Index]) -> str:
    """Return the whole file."""
    provided: dict[str, set[str]] = {}
    plugins = []
    for index in indexes:
        plugins += [PLUGIN + index.label] if index.is_plugin else []
        for module in index.modules | set(map(stub_of, index.stubs)):
            provided.setdefault(module, set()).add(index.label)
    return HEADER + "".join(
        f"{line}\n" for line in [*sorted(plugins), *split(provided)]
    )


def main(argv: Sequence[str]) -> int:
    """Write the map."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--index", type=Path, action="append", default=[])
    options = parser.parse_args(argv)
    indexes = (Index(file.read_text(encoding="utf-8")) for file in options.index)
    options.output.write_text(format_map(indexes), encoding="utf-8")
    return 0
