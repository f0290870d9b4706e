"""Refuses layers that make no image, and writes the entrypoint of one that they make.

Invoked by Bazel as: check_stack --image LABEL --base LAYOUT --layers N --most-layers N
  --entrypoint FILE --word=WORD… [--beside=PATH]… INDEX.json…
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.layer_writer.places import CONFLICT_FIX, conflict
from tools.image.oci.layout import Document, Image, archive, path_of


def conflicts(indexes: Sequence[Document]) -> list[str]:
    """Return a line for each place that two layers give different bytes."""
    owners: dict[str, tuple[str, str]] = {}
    lines = []
    for index in indexes:
        names = ", ".join(known["name"] for known in index["distributions"])
        owner = names or "the interpreter"
        for path, digest in index["files"].items():
            other, seen = owners.setdefault(path, (owner, digest))
            if seen != digest:
                lines.append(conflict(path, sorted([other, owner])))
    return [*sorted(lines), CONFLICT_FIX] if lines else []


def base_problems(options: argparse.Namespace) -> list[str]:
    """Return whether the base is an image at all, and whether its layers are too many with ours."""
    if not (options.base / "index.json").is_file():
        return [
            f"{options.image} has {options.base} as its base, which is no OCI layout folder.\n"
            "Fix: name an image: an oci_image, a py_image or what oci.pull has brought."
        ]
    layers = options.layers + len(Image(options.base).layers)
    if layers <= options.most_layers:
        return []
    return [
        f"{options.image} would have {layers} layers; at most {options.most_layers} are wanted.\n"
        "Fix: let fewer distributions have their own layer (image_layers.bzl), or "
        "depend on fewer first-party folders: each is a layer."
    ]


def replaced(base: Path, beside: Sequence[str]) -> list[str]:
    """Return the files of the base that data beside the repository would replace or lie below."""
    if not beside:
        return []
    files: set[str] = set()
    image = Image(base)
    for layer in image.layers:
        with archive(image.layer_file(layer)) as tar:
            files |= {path_of(member) for member in tar if not member.isdir()}
    above = {
        "/".join(parts[:depth])
        for parts in (path.split("/") for path in beside)
        for depth in range(1, len(parts) + 1)
    }
    return sorted(files & above)


def problems(options: argparse.Namespace) -> list[str]:
    """Return what is wrong, each with its fix."""
    indexes = [json.loads(path.read_bytes()) for path in options.indexes]
    found = conflicts(indexes) + base_problems(options)
    # Only a base that is an image can be read.
    taken = [] if found else replaced(options.base, options.beside)
    return found + [
        f"{options.image} has data beside the repository that would replace /{path} of its base.\n"
        "Fix: name it below the repository, by `symlinks` in place of `root_symlinks`."
        for path in taken
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Check the layers, and write the entrypoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--layers", type=int, required=True)
    parser.add_argument("--most-layers", type=int, required=True)
    parser.add_argument("--entrypoint", type=Path, required=True)
    parser.add_argument("--word", action="append", default=[])
    parser.add_argument("--beside", action="append", default=[])
    parser.add_argument("indexes", type=Path, nargs="*")
    options = parser.parse_args(argv)
    if found := problems(options):
        print("\n".join(found), file=sys.stderr)
        return 1
    options.entrypoint.write_text("".join(f"{word}\n" for word in options.word))
    return 0


if __name__ == "__main__":
    sys.exit(main())
