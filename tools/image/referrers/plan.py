"""Writes what a push of an image would do, without the image: whoever reads it fetches no layer.

Invoked by Bazel as: python tools/image/referrers/plan.py --image LABEL --digest FILE
  --repository FILE --tags FILE --output FILE [--referrer DIGEST_FILE]…
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Write the plan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", required=True)
    parser.add_argument("--digest", type=Path, required=True)
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--tags", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--referrer", type=Path, action="append", default=[])
    options = parser.parse_args(argv)
    plan = {
        "image": options.image,
        "digest": options.digest.read_text().strip(),
        "repository": options.repository.read_text().strip(),
        "tags": options.tags.read_text().split(),
        "referrers": [path.read_text() for path in options.referrer],
    }
    options.output.write_text(json.dumps(plan, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
