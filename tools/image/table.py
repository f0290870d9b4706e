"""Writes which distributions have an image layer of their own, from measured sizes.

Invoked as: bazel run //tools/image:layers
A distribution of more than LARGE bytes has one; and where an image's small ones still have more
than MOST_SMALL bytes together, compressed, so have the largest of them.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.image.layer.table import LARGE, MOST_SMALL, TABLE, entry, key
from tools.image.workspace import Workspace, WorkspaceError

_BLOCK = re.compile(
    r"^LARGE_DISTRIBUTIONS = \{.*?^\}$|^LARGE_DISTRIBUTIONS = \{\}$", re.M | re.S
)


@dataclass(frozen=True)
class Weight:
    """The distributions of one image: bytes by name, and how far they compress together."""

    sizes: Mapping[str, int]
    ratio: float

    @classmethod
    def of(cls, indexes: Sequence[Mapping[str, object]]) -> Weight:
        """Return the weight that an image's layers have."""
        sizes: dict[str, int] = {}
        compressed = 0
        for index in indexes:
            found = {key(it["name"]): it["size"] for it in index["distributions"]}  # type: ignore[attr-defined]
            sizes |= found
            compressed += int(index["size"]) if found else 0  # type: ignore[call-overload]
        return cls(sizes, compressed / max(1, sum(sizes.values())))

    def large(self) -> list[str]:
        """Return the distributions that have a layer of their own, sorted."""
        by_size = sorted(self.sizes, key=lambda name: (-self.sizes[name], name))
        chosen = [name for name in by_size if self.sizes[name] > LARGE]
        small = by_size[len(chosen) :]
        while sum(self.sizes[name] for name in small) * self.ratio > MOST_SMALL:
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


def measured(workspace: Workspace) -> dict[str, Weight]:
    """Build the layers of every image; return what they weigh."""
    layers = {f"{image}_layers": image for image in workspace.images(["//..."])}
    built = workspace.build(layers, "--output_groups=indexes")
    if lost := sorted(layers.keys() - built):
        raise WorkspaceError(f"{', '.join(lost)} can't be built; Bazel says above why.")
    return {
        layers[label]: Weight.of([json.loads(path.read_bytes()) for path in paths])
        for label, paths in workspace.files(built).items()
    }


def main() -> int:
    """Write the table."""
    try:
        workspace = Workspace.current([])
        path = Path(workspace.root, TABLE)
        before = path.read_text("utf-8")
        after = rewritten(before, table(measured(workspace)))
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 1
    path.write_text(after, "utf-8")
    print(f"{TABLE}: {'unchanged' if before == after else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
