"""Packs a layout into the archive that `docker load` and its kin read.

Two forms: `docker` for one image, `oci` for an index. Equal layouts and tags give equal
bytes.
"""

import io
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from layout import (
    DOCKER_MANIFEST,
    IMAGE_INDEX,
    IMAGE_MANIFEST,
    Document,
    LayoutError,
    blob_path,
    encode,
    only_descriptor,
    read_document,
)

# The public rules' own fixed time: 2023-01-01T08:00:00Z.
_TIME = 1672560000
_REF_NAME = "org.opencontainers.image.ref.name"
_FORMATS = {
    "docker": ({IMAGE_MANIFEST, DOCKER_MANIFEST}, "oci_image"),
    "oci": ({IMAGE_INDEX, DOCKER_MANIFEST}, "oci_image_index"),
}


@dataclass(frozen=True)
class Member:
    """One file of the archive; its content is a file's or given."""

    name: str
    content: Path | bytes


def _blob_name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _docker_members(image: Path, tags: Sequence[str]) -> Iterator[Member]:
    manifest = read_document(blob_path(image, only_descriptor(image)["digest"]))
    config: str = manifest["config"]["digest"]
    yield Member(_blob_name(config), blob_path(image, config))
    # docker load goes by the content; the suffix is what the public rules write.
    names = {
        layer["digest"]: f"{_blob_name(layer['digest'])}.tar.gz"
        for layer in manifest["layers"]
    }
    for digest, name in names.items():
        yield Member(name, blob_path(image, digest))
    described = {
        "Config": _blob_name(config),
        "RepoTags": list(tags),
        "Layers": [names[layer["digest"]] for layer in manifest["layers"]],
    }
    yield Member("manifest.json", encode([described]) + b"\n")


def _oci_digests(image: Path, index_digest: str) -> Iterator[str]:
    yield index_digest
    for entry in read_document(blob_path(image, index_digest)).get("manifests", []):
        manifest = read_document(blob_path(image, entry["digest"]))
        yield entry["digest"]
        yield manifest["config"]["digest"]
        yield from (layer["digest"] for layer in manifest["layers"])


def _oci_members(image: Path, tags: Sequence[str]) -> Iterator[Member]:
    descriptor = only_descriptor(image)
    yield Member("oci-layout", image / "oci-layout")
    for digest in dict.fromkeys(_oci_digests(image, descriptor["digest"])):
        yield Member(_blob_name(digest), blob_path(image, digest))
    index: Document = read_document(image / "index.json")
    index["manifests"] = [
        descriptor | {"annotations": {_REF_NAME: tag}} for tag in tags
    ]
    yield Member("index.json", encode(index) + b"\n")


def members(image: Path, form: str, tags: Sequence[str]) -> list[Member]:
    """Return what the archive of a layout holds, in order."""
    wanted, rule = _FORMATS[form]
    found = only_descriptor(image)["mediaType"]
    if found not in wanted:
        other = "oci" if form == "docker" else "docker"
        raise LayoutError(
            f'format "{form}" is for an {rule}, but {image} holds {found}.\n'
            f'Fix: set format = "{other}", or load the {rule}.'
        )
    if form == "oci":
        return list(_oci_members(image, tags))
    return list(_docker_members(image, tags))


def write(archive: IO[bytes], content: Iterable[Member]) -> None:
    """Write the archive to a stream that need not be seekable."""
    with tarfile.open(fileobj=archive, mode="w|", format=tarfile.USTAR_FORMAT) as tar:
        for member in content:
            header = tarfile.TarInfo(member.name)
            header.mode, header.mtime = 0o755, _TIME
            if isinstance(member.content, bytes):
                header.size = len(member.content)
                tar.addfile(header, io.BytesIO(member.content))
                continue
            header.size = member.content.stat().st_size
            with member.content.open("rb") as stream:
                tar.addfile(header, stream)
