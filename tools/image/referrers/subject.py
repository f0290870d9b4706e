"""Writes what statements say of an image: how registries know it, and the digest of its base.

Invoked by Bazel as: python tools/image/referrers/subject.py --image LAYOUT --base LAYOUT
  --output FILE
Whatever states something of the image reads this alone, so that a machine with a remote cache
fetches no layer for a statement of another commit.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.layout import Image
from tools.image.referrers import attach

_WANTED = ("mediaType", "digest", "size")


def main(argv: Sequence[str] | None = None) -> int:
    """Write what is said."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args(argv)
    descriptor = Image(options.image).descriptor
    subject = {key: descriptor[key] for key in _WANTED}
    found = {"subject": subject, "base": Image(options.base).digest}
    options.output.write_bytes(attach.encode(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
