"""Writes which distributions have an image layer of their own, from measured sizes.

Invoked as: bazel run //tools/image:update_layer_table
A distribution of more than LARGE bytes has one; and where an image's small ones still have more
than MOST_SMALL bytes together, compressed, so have the largest of them.
Exits 0, or 1 where the images can't be built.

Examples:
  bazel run //tools/image:update_layer_table
"""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.image.layer_table.check import LARGE, MOST_SMALL, TABLE, entry
from tools.image.oci.layout import Document
from tools.image.targets import Targets
from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError
from tools.workspace.names import label_name

# One writes the table, one weighs the layers that it makes, one confirms.
_ROUNDS = 3

_BLOCK = re.compile(
    r"^LARGE_DISTRIBUTIONS = \{.*?^\}$|^LARGE_DISTRIBUTIONS = \{\}$", re.M | re.S
)


@dataclass(frozen=True)
class Weight:
    """The distributions of one image, by name: their bytes, and their part of their layer, compressed."""

    sizes: Mapping[str, int]
    compressed: Mapping[str, float]

    @classmethod
    def of(cls, indexes: Sequence[Document]) -> Weight:
        """Return the weight that an image's layers have.

        Each layer compresses as far as it does: a mean over the image would not hold for its small ones.
        """
        sizes: dict[str, int] = {}
        compressed: dict[str, float] = {}
        for index in indexes:
            found = {
                label_name(known["name"]): known["size"]
                for known in index["distributions"]
            }
            ratio = index["size"] / max(1, sum(found.values()))
            sizes |= found
            compressed |= {name: size * ratio for name, size in found.items()}
        return cls(sizes, compressed)

    def large(self) -> list[str]:
        """Return the distributions that have a layer of their own, sorted."""
        by_size = sorted(self.sizes, key=lambda name: (-self.sizes[name], name))
        chosen = [name for name in by_size if self.sizes[name] > LARGE]
        small = by_size[len(chosen) :]
        while sum(self.compressed[name] for name in small) > MOST_SMALL:
            chosen.append(small.pop(0))
        return sorted(chosen)


def table(weights: Mapping[str, Weight]) -> dict[str, str]:
    """Return the distributions with a layer of their own, each with an image that uses it."""
    chosen = {name for weight in weights.values() for name in weight.large()}
    return {
        name: min(image for image, weight in weights.items() if name in weight.sizes)
        for name in sorted(chosen)
    }


def rewritten(text: str, rows: Mapping[str, str]) -> str:
    """Return the table's file with other rows."""
    lines = [
        "LARGE_DISTRIBUTIONS = {",
        *(entry(name, image) for name, image in rows.items()),
        "}",
    ]
    block = "\n".join(lines) if rows else "LARGE_DISTRIBUTIONS = {}"
    if not _BLOCK.search(text):
        raise WorkspaceError(
            f"{TABLE} has no LARGE_DISTRIBUTIONS.\nFix: git checkout {TABLE}"
        )
    return _BLOCK.sub(lambda _: block, text, count=1)


def measured(targets: Targets) -> dict[str, Weight]:
    """Build the layers of every image; return what they weigh."""
    wanted, is_whole = targets.find('kind("program_layers rule", //...)')
    built = targets.build(wanted, "--output_groups=indexes")
    if lost := sorted(set(wanted) - built.keys()):
        raise WorkspaceError(f"{', '.join(lost)} can't be built; Bazel says above why.")
    if not is_whole:
        raise WorkspaceError("bazel query failed; it says above why.")
    return {
        label.removesuffix("_layers"): Weight.of(
            [json.loads(path.read_bytes()) for path in paths]
        )
        for label, paths in built.items()
    }


def write(path: Path, measure: Callable[[], Mapping[str, Weight]]) -> bool:
    """Write the table until its own layers confirm it; return whether it changed.

    What is small compresses otherwise once what is large has left its layer.
    """
    first = after = path.read_text("utf-8")
    for _ in range(_ROUNDS):
        before = path.read_text("utf-8")
        after = rewritten(before, table(measure()))
        path.write_text(after, "utf-8")
        if after == before:
            break
    return after != first


def main(argv: Sequence[str] | None = None) -> int:
    """Write the table."""
    plain_parser("//tools/image:update_layer_table", __doc__).parse_args(argv)
    try:
        bazel = Bazel.current(quiet=False)
        path = Path(bazel.root, TABLE)
        is_changed = write(path, lambda: measured(Targets(bazel)))
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{TABLE}: {'written' if is_changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
