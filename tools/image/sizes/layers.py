"""Reads what the layers of built images weigh, and what of it is whose."""

import csv
import io
import itertools
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.image.oci.layout import Image, archive, path_of

_RECORD = re.compile(r"(.*/)?([^/]+)-([^/-]+)\.dist-info/RECORD")
_COMPILED = re.compile(r"__pycache__/([^/.]+)\.[^/]+\.pyc$")


@dataclass(frozen=True)
class Layer:
    """A layer as registries store it."""

    digest: str
    size: int
    folder: str
    """The folder that all of it lies in."""
    distributions: Mapping[str, int]
    """What it has of distributions, the largest first, such as `numpy 2.3.1`: bytes, compressed as the layer is."""

    @property
    def name(self) -> str:
        """Return what a person knows it by."""
        if not self.distributions:
            return self.folder
        first, *others = self.distributions
        return f"{first} and {len(others)} more" if others else first


@dataclass(frozen=True)
class Variant:
    """An image for one platform."""

    platform: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Built:
    """An image that was built, for each of its platforms."""

    label: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Contents:
    """The files of a layer by their places: their sizes, and what the RECORD files say."""

    size: int
    sizes: Mapping[str, int]
    records: Mapping[str, bytes]

    @classmethod
    def read(cls, path: Path, size: int) -> Contents:
        """Return what a layer's archive holds."""
        sizes: dict[str, int] = {}
        records: dict[str, bytes] = {}
        with archive(path) as tar:
            for member in tar:
                name = path_of(member)
                if member.isfile():
                    sizes[name] = member.size
                if name.endswith("/RECORD") and (content := tar.extractfile(member)):
                    records[name] = content.read()
        return cls(size, sizes, records)

    def owners(self) -> Iterator[tuple[str, str]]:
        """Yield each file that a RECORD names, with its distribution."""
        for place, content in self.records.items():
            if match := _RECORD.fullmatch(place):
                root, name, version = match.groups(default="")
                for row in csv.reader(io.StringIO(content.decode())):
                    path = posixpath.normpath(posixpath.join(root, row[0]))
                    yield path, f"{name} {version}"

    def layer(self, digest: str, owners: Mapping[str, str]) -> Layer:
        """Return the layer, given whose each file is."""
        found: dict[str, int] = {}
        for name, length in self.sizes.items():
            if owner := owners.get(_COMPILED.sub(r"\1.py", name)):
                found[owner] = found.get(owner, 0) + length
        ratio = self.size / max(1, sum(self.sizes.values()))
        ranked = sorted(found, key=lambda owner: (-found[owner], owner))
        shares = {owner: round(found[owner] * ratio) for owner in ranked}
        folders = [posixpath.dirname(name) for name in self.sizes]
        folder = posixpath.commonpath(folders) if folders else ""
        return Layer(digest, self.size, f"/{folder}", shares)


def read_images(layouts: Iterable[tuple[str, Path]]) -> list[Built]:
    """Return images by their labels and layouts.

    A layer that several share is read once. One may have files of a distribution whose RECORD is in another.
    """
    images = {label: Image(folder).images for label, folder in layouts}
    contents: dict[str, Contents] = {}
    for image in itertools.chain(*images.values()):
        for layer in image.layers:
            if layer["digest"] not in contents:
                path = image.layer_file(layer)
                contents[layer["digest"]] = Contents.read(path, layer["size"])
    owners = dict(itertools.chain(*(found.owners() for found in contents.values())))
    layers = {digest: found.layer(digest, owners) for digest, found in contents.items()}
    return [
        Built(
            label,
            tuple(
                Variant(
                    image.platform,
                    tuple(layers[layer["digest"]] for layer in image.layers),
                )
                for image in platforms
            ),
        )
        for label, platforms in images.items()
    ]
