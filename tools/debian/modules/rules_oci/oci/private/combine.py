"""Combines images of several platforms into one index: a layout folder and its digest.

Invoked as: python3 -EsSB combine.py --output=DIR --digest=FILE --image=LAYOUT...
Each image says itself which platform it is for. Blobs are linked, never copied.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from layout import (
    IMAGE_INDEX,
    Document,
    LayoutError,
    blob_path,
    digest_of,
    encode,
    link_blob,
    only_descriptor,
    read_document,
    write_blob,
)

_PLATFORM = ("os", "architecture", "variant", "os.version", "os.features")


def _config_of(image: Path, descriptor: Document) -> Document:
    manifest = read_document(blob_path(image, descriptor["digest"]))
    if "config" not in manifest:
        raise LayoutError(
            f"{image} holds {manifest.get('mediaType')!r}; an index is made of images."
            "\nFix: list oci_image targets in images."
        )
    return read_document(blob_path(image, manifest["config"]["digest"]))


def entry_of(image: Path) -> Document:
    """Return what an index says of one image."""
    descriptor = only_descriptor(image)
    config = _config_of(image, descriptor)
    platform = {key: config[key] for key in _PLATFORM if config.get(key) is not None}
    return {**descriptor, "platform": platform}


def combine(images: Sequence[Path], output: Path) -> str:
    """Write the layout of an index over the images and return the index's digest."""
    manifests = [entry_of(image) for image in images]
    for image in images:
        for blob in sorted((image / "blobs" / "sha256").iterdir()):
            link_blob(output, f"sha256:{blob.name}", blob)
    document = {"schemaVersion": 2, "mediaType": IMAGE_INDEX, "manifests": manifests}
    content = encode(document) + b"\n"
    # Not the order of an image's own index.json, and no schemaVersion: as the public
    # rules write it.
    descriptor = {
        "mediaType": IMAGE_INDEX,
        "size": len(content),
        "digest": digest_of(content),
    }
    (output / "oci-layout").write_bytes(b'{"imageLayoutVersion": "1.0.0"}\n')
    (output / "index.json").write_bytes(encode({"manifests": [descriptor]}) + b"\n")
    return write_blob(output, content)


def main(argv: Sequence[str] | None = None) -> int:
    """Combine the images that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--digest", type=Path, required=True)
    parser.add_argument("--image", type=Path, action="append", required=True)
    options = parser.parse_args(argv)
    try:
        digest = combine(options.image, options.output)
    except LayoutError as error:
        print(error, file=sys.stderr)
        return 1
    options.digest.write_text(f"{digest}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
