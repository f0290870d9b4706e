"""Checks images against the table of distributions that have a layer of their own.

Invoked by Bazel as: check --image LABEL --output FILE
  [--small INDEX.json] [--unused NAME]
An action that fails names what to paste into the table, or the command that writes it anew.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.workspace.names import label_name

TABLE = "image_layers.bzl"

# A distribution of more bytes than this has a layer of its own: with 5 MB, two services that differ in a few
# small ones had 88 % of the smaller image in common; with 1 MB, two layers more, 92 %.
LARGE = 1_000_000

# What all small ones of an image together may have, compressed: they are sent anew when one changes.
MOST_SMALL = 12_000_000

_FIX = f"bazel run //tools/image:update_layer_table, which writes {TABLE}"


def entry(name: str, image: str) -> str:
    """Return a line of the table."""
    return f'    "{label_name(name)}": "{image}",'


def missing(image: str, index: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the layer of small distributions, with the lines to paste."""
    sizes = {known["name"]: known["size"] for known in index["distributions"]}
    large = [name for name, size in sorted(sizes.items()) if size > LARGE]
    problems = [
        f"{image}: {name} has {sizes[name] / 1e6:.1f} MB and no layer of its own."
        for name in large
    ]
    total = index["size"]
    if not large and total > MOST_SMALL:
        large = [min(sizes, key=lambda name: (-sizes[name], label_name(name)))]
        problems = [
            f"{image}: the layer of small distributions has {total / 1e6:.1f} MB compressed; "
            f"at most {MOST_SMALL / 1e6:g} are wanted."
        ]
    if not problems:
        return []
    lines = [entry(name, image) for name in large]
    return [*problems, f"Fix: {_FIX}; or add to it:", *lines]


def unused(image: str, name: str) -> list[str]:
    """Return the text for a line of the table that nobody needs, or that names another's image."""
    return [
        f"{TABLE} gives {name} a layer for {image}, which doesn't use it.",
        f"Fix: {_FIX}; or remove from it:",
        entry(name, image),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Check, and write an empty file where all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--small", type=Path)
    parser.add_argument("--unused", default="")
    options = parser.parse_args(argv)
    found = unused(options.image, options.unused) if options.unused else []
    if options.small:
        found += missing(options.image, json.loads(options.small.read_bytes()))
    if found:
        print("\n".join(found), file=sys.stderr)
        return 1
    options.output.touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
