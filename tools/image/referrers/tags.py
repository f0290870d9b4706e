"""Writes the tags that a push gives: `dev`, or under --stamp the commit (`COMMIT-dirty`) and `latest`.

Invoked by Bazel as: python tools/image/referrers/tags.py --output FILE [--status FILE]
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.referrers.status import revision_of


def main(argv: Sequence[str] | None = None) -> int:
    """Write the tags, one a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--status", type=Path)
    options = parser.parse_args(argv)
    tags = ["dev"]
    if options.status:
        tags = [str(revision_of(options.status)), "latest"]
    options.output.write_text("".join(f"{tag}\n" for tag in tags))
    return 0


if __name__ == "__main__":
    sys.exit(main())
