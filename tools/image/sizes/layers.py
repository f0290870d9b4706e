"""Reads what the layers of built images weigh, and what of it is whose."""

import csv
import io
import posixpath
import re
from collections.abc import Iterable, Mapping
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


def owners_of(records: Mapping[str, bytes]) -> dict[str, str]:
    """Return the distribution of each file that a RECORD names, by their places."""
    owners: dict[str, str] = {}
    for place, content in records.items():
        if match := _RECORD.fullmatch(place):
            root, name, version = match.groups(default="")
            for row in csv.reader(io.StringIO(content.decode())):
                path = posixpath.normpath(posixpath.join(root, row[0]))
                owners[path] = f"{name} {version}"
    return owners


def read_layer(path: Path, digest: str, size: int) -> Layer:
    """Return a layer by its archive."""
    sizes: dict[str, int] = {}
    records: dict[str, bytes] = {}
    with archive(path) as tar:
        for member in tar:
            name = path_of(member)
            if member.isfile():
                sizes[name] = member.size
            if name.endswith("/RECORD") and (content := tar.extractfile(member)):
                records[name] = content.read()
    owners = owners_of(records)
    found: dict[str, int] = {}
    for name, length in sizes.items():
        if owner := owners.get(_COMPILED.sub(r"\1.py", name)):
            found[owner] = found.get(owner, 0) + length
    ratio = size / max(1, sum(sizes.values()))
    ranked = sorted(found, key=lambda owner: (-found[owner], owner))
    shares = {owner: round(found[owner] * ratio) for owner in ranked}
    folders = [posixpath.dirname(name) for name in sizes]
    folder = posixpath.commonpath(folders) if folders else ""
    return Layer(digest, size, f"/{folder}", shares)


def read_images(layouts: Iterable[tuple[str, Path]]) -> list[Built]:
    """Return images by their labels and layouts; a layer that several share is read once."""
    known: dict[str, Layer] = {}
    found = []
    for label, folder in layouts:
        variants = []
        for image in Image(folder).images:
            for layer in image.layers:
                digest = layer["digest"]
                if digest not in known:
                    path = image.layer_file(layer)
                    known[digest] = read_layer(path, digest, layer["size"])
            layers = tuple(known[layer["digest"]] for layer in image.layers)
            variants.append(Variant(image.platform, layers))
        found.append(Built(label, tuple(variants)))
    return found
