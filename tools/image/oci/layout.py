"""Reads and writes OCI layout folders: images as Bazel builds them, and what refers to them."""

import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from compression import zstd
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

GZIP_START = b"\x1f\x8b"
ZSTD_START = b"\x28\xb5\x2f\xfd"

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
_INDEX_TYPE = "application/vnd.oci.image.index.v1+json"

# Any: documents of the OCI specification, which may carry more than we know of.
type Document = dict[str, Any]


@dataclass(frozen=True)
class Image:
    """What a layout folder holds: an image, or an index of one for each platform."""

    folder: Path
    of_index: Document | None = None
    """What the index says of it, for an image of one; by default it is all of the layout."""

    def blob(self, digest: str) -> Path:
        """Return the file of a blob."""
        return self.folder / "blobs" / digest.replace(":", "/")

    def document(self, digest: str) -> Document:
        """Return a blob that is JSON."""
        found: Document = json.loads(self.blob(digest).read_bytes())
        return found

    @cached_property
    def descriptor(self) -> Document:
        """Return what is said of the manifest: digest, size, media type."""
        if self.of_index:
            return self.of_index
        (found,) = json.loads((self.folder / "index.json").read_bytes())["manifests"]
        descriptor: Document = found
        return descriptor

    @property
    def digest(self) -> str:
        """Return the digest by which registries know the image."""
        return str(self.descriptor["digest"])

    @cached_property
    def manifest(self) -> Document:
        """Return the manifest."""
        return self.document(self.digest)

    @property
    def images(self) -> Sequence[Image]:
        """Return the images of an index, or the one that it is."""
        listed = self.manifest.get("manifests")
        if listed is None:
            return [self]
        return [Image(self.folder, descriptor) for descriptor in listed]

    @property
    def platform(self) -> str:
        """Return what it runs on, such as `linux/amd64`."""
        return f"{self.config['os']}/{self.config['architecture']}"

    @cached_property
    def config(self) -> Document:
        """Return the configuration: `config` is what a runtime reads of it."""
        return self.document(self.manifest["config"]["digest"])

    @property
    def settings(self) -> Document:
        """Return the part of the configuration that a runtime reads."""
        settings: Document = self.config["config"]
        return settings

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the environment."""
        pairs = (entry.partition("=") for entry in self.settings.get("Env", []))
        return {name: value for name, _, value in pairs}

    @property
    def command(self) -> Sequence[str]:
        """Return the command that a runtime starts."""
        return [*self.settings.get("Entrypoint", []), *self.settings.get("Cmd", [])]

    @property
    def layers(self) -> Sequence[Document]:
        """Return the descriptors of the layers, lowest first."""
        layers: list[Document] = self.manifest["layers"]
        return layers

    @property
    def size(self) -> int:
        """Return how many bytes a registry stores of the image's layers."""
        return sum(layer["size"] for layer in self.layers)

    @property
    def blob_sizes(self) -> dict[str, int]:
        """Return the size of each blob that its manifests name, by its digest."""
        parts = [
            part
            for image in self.images
            for part in [image.manifest["config"], *image.layers]
        ]
        return {part["digest"]: part["size"] for part in parts}

    def layer_file(self, layer: Document) -> Path:
        """Return the archive of a layer."""
        return self.blob(layer["digest"])


@contextmanager
def archive(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a layer's archive, whatever it is compressed by."""
    with path.open("rb") as raw:
        start = raw.read(len(ZSTD_START))
        raw.seek(0)
        opened: gzip.GzipFile | zstd.ZstdFile | BinaryIO = raw
        if start.startswith(GZIP_START):
            opened = gzip.GzipFile(fileobj=raw)
        elif start == ZSTD_START:
            opened = zstd.ZstdFile(raw)
        with opened, tarfile.open(fileobj=opened, mode="r|") as tar:
            yield tar


def path_of(member: tarfile.TarInfo) -> str:
    """Return where a member of an archive lies from the image's root, however its name is written."""
    return member.name.removeprefix("./").lstrip("/")


def encode(document: Document) -> bytes:
    """Return a document's bytes, always the same, and few: they are sent after each edit."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def descriptor_of(media_type: str, content: bytes) -> Document:
    """Return what a manifest or an index says of a blob."""
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


def write(folder: Path, manifest: Document, blobs: Iterable[bytes]) -> str:
    """Write a layout that holds one manifest and the blobs that it names; return its digest."""
    content = encode(manifest)
    store = folder / "blobs" / "sha256"
    store.mkdir(parents=True)
    for blob in [content, *blobs]:
        (store / hashlib.sha256(blob).hexdigest()).write_bytes(blob)
    known = descriptor_of(MANIFEST_TYPE, content)
    index = {"schemaVersion": 2, "mediaType": _INDEX_TYPE, "manifests": [known]}
    (folder / "index.json").write_bytes(encode(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return str(known["digest"])
