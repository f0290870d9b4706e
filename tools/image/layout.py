"""Reads images as Bazel builds them: OCI layout folders."""

import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from compression import zstd
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

GZIP_START = b"\x1f\x8b"
ZSTD_START = b"\x28\xb5\x2f\xfd"

# Any: documents of the OCI specification, which may carry more than we know of.
type Document = dict[str, Any]


@dataclass(frozen=True)
class Image:
    """One image in a layout folder."""

    folder: Path

    def blob(self, digest: str) -> Path:
        """Return the file of a blob."""
        return self.folder / "blobs" / digest.replace(":", "/")

    def document(self, digest: str) -> Document:
        """Return a blob that is JSON."""
        found: Document = json.loads(self.blob(digest).read_bytes())
        return found

    @cached_property
    def descriptor(self) -> Document:
        """Return what the index says of the image's manifest: digest, size, media type."""
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


def sha256(path: Path) -> str:
    """Return the digest of a file, as OCI writes it."""
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
