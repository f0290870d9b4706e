"""Reads and writes OCI layout folders, byte for byte as the public rules do.

A layout is a folder: `oci-layout` names the format, `index.json` names the one
manifest or index that it holds, `blobs/sha256/<digest>` holds each document and layer.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

IMAGE_INDEX = "application/vnd.oci.image.index.v1+json"
IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

# Any: a base image may carry fields that no version of this program has heard of.
type Document = dict[str, Any]


class LayoutError(Exception):
    """An input that can't be made into an image; its text is for the user."""


def encode(document: Document | list[Document]) -> bytes:
    """Return JSON as jq prints it, without the newline at the end."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f").encode()


def digest_of(content: bytes) -> str:
    """Return the content's digest as OCI writes it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def descriptor_of(media_type: str, content: bytes) -> Document:
    """Return what an index says of one document."""
    return {
        "mediaType": media_type,
        "digest": digest_of(content),
        "size": len(content),
    }


def blob_path(folder: Path, digest: str) -> Path:
    """Return where a layout keeps a blob; `sha256:abc` is at `blobs/sha256/abc`."""
    return folder / "blobs" / digest.replace(":", "/")


def read_document(path: Path) -> Document:
    """Return the JSON object in a file."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise LayoutError(f"{path} isn't readable as JSON: {error}.") from error
    if not isinstance(document, dict):
        raise LayoutError(f"{path} holds a {type(document).__name__}, not an object.")
    return document


def only_descriptor(folder: Path) -> Document:
    """Return the descriptor of the one manifest or index that a layout holds."""
    manifests = read_document(folder / "index.json").get("manifests", [])
    if len(manifests) != 1:
        raise LayoutError(
            f"{folder}/index.json names {len(manifests)} manifests; 1 is wanted.\n"
            "Fix: name an oci_image or an oci_image_index."
        )
    descriptor: Document = manifests[0]
    return descriptor


def write_blob(folder: Path, content: bytes) -> str:
    """Store a document under its own digest and return the digest."""
    digest = digest_of(content)
    path = blob_path(folder, digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest


def link_blob(folder: Path, digest: str, source: Path) -> None:
    """Point a blob at a file by a relative link, so that no layer is ever copied."""
    path = blob_path(folder, digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(os.path.relpath(source, path.parent))
