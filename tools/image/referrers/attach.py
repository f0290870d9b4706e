"""Wraps a document as an OCI artifact that refers to an image, as a layout folder.

Invoked by Bazel as: python tools/image/referrers/attach.py --subject FILE --document FILE
  --media-type TYPE --output FOLDER --digest FILE
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.layout import Document

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"
REVISION = "org.opencontainers.image.revision"


def descriptor(media_type: str, content: bytes) -> Document:
    """Return what a manifest says of a blob."""
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


def encode(document: Document) -> bytes:
    """Return a document's bytes, always the same, and few: they are sent after each edit."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def manifest(
    subject: Document, media_type: str, content: bytes, commit: str = ""
) -> Document:
    """Return the artifact's manifest, annotated with a commit where one is given.

    The image itself never is, or every commit would give every image another digest.
    """
    found: Document = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "artifactType": media_type,
        # crane takes the type that it lists a referrer under from here, not from artifactType.
        "config": descriptor(media_type, b"{}"),
        "layers": [descriptor(media_type, content)],
        "subject": subject,
    }
    return found | ({"annotations": {REVISION: commit}} if commit else {})


def write_layout(folder: Path, document: Document, attached: bytes) -> str:
    """Write a layout that holds one manifest, and what it attaches; return its digest."""
    content = encode(document)
    (folder / "blobs" / "sha256").mkdir(parents=True)
    for blob in [content, b"{}", attached]:
        (folder / "blobs" / "sha256" / hashlib.sha256(blob).hexdigest()).write_bytes(
            blob
        )
    known = descriptor(_MANIFEST, content)
    index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [known]}
    (folder / "index.json").write_bytes(encode(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return str(known["digest"])


def main(argv: Sequence[str] | None = None) -> int:
    """Write the artifact."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subject", type=Path, required=True)
    parser.add_argument("--document", type=Path, required=True)
    parser.add_argument("--media-type", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--digest", type=Path, required=True)
    options = parser.parse_args(argv)
    content = options.document.read_bytes()
    subject = json.loads(options.subject.read_bytes())["subject"]
    document = manifest(subject, options.media_type, content)
    options.digest.write_text(write_layout(options.output, document, content))
    return 0


if __name__ == "__main__":
    sys.exit(main())
