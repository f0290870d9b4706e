"""Describes one layer: its digests, its size and how it is compressed.

Invoked as: python3 -EsSB describe.py LAYER.tar OUTPUT.json LABEL
The label of the layer's target becomes the image's history. The content decides the
compression, never the file's name.
"""

import gzip
import hashlib
import io
import json
import sys
import zlib
from collections.abc import Sequence
from compression import zstd
from pathlib import Path

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
# A zstd file may begin with a frame that readers skip: 0x184D2A50 to 0x184D2A5F.
_ZSTD_SKIPPABLE = frozenset(bytes((low, 0x2A, 0x4D, 0x18)) for low in range(0x50, 0x60))
_EPOCH = "1970-01-01T00:00:00Z"


def compression_of(head: bytes) -> str:
    """Return `gzip`, `zstd` or nothing, by a layer's first four bytes."""
    if head.startswith(_GZIP):
        return "gzip"
    if head == _ZSTD or head in _ZSTD_SKIPPABLE:
        return "zstd"
    return ""


def _digest_unpacked(path: Path, compression: str) -> str:
    with gzip.open(path) if compression == "gzip" else zstd.open(path) as stream:
        return _digest(stream)


def _digest(stream: gzip.GzipFile | zstd.ZstdFile | io.BufferedReader) -> str:
    return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def describe(path: Path, label: str) -> dict[str, object]:
    """Return everything that an image says about a layer."""
    with path.open("rb") as stream:
        compression = compression_of(stream.read(4))
        stream.seek(0)
        digest = _digest(stream)
    return {
        "digest": digest,
        "diffid": _digest_unpacked(path, compression) if compression else digest,
        "compression": compression,
        "size": path.stat().st_size,
        "history": {"created": _EPOCH, "created_by": f"bazel build {label}"},
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Write the description of one layer."""
    layer, output, label = sys.argv[1:] if argv is None else argv
    try:
        description = describe(Path(layer), label)
    except (OSError, EOFError, zlib.error, zstd.ZstdError) as error:
        print(f"{label}: the layer {layer} can't be read: {error}.", file=sys.stderr)
        print(
            "Fix: the target must make a whole tar, tar.gz or tar.zst.", file=sys.stderr
        )
        return 1
    Path(output).write_text(json.dumps(description), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
