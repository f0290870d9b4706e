"""Fails where the committed map isn't that of the present lock.

Invoked by Bazel as: compare.py COMMITTED SOLVED
"""

import difflib
import sys
from pathlib import Path


def main() -> int:
    """Compare the files."""
    committed, solved = (Path(path).read_text().splitlines() for path in sys.argv[1:])
    if committed == solved:
        return 0
    lines = difflib.unified_diff(committed, solved, "committed", "wanted", lineterm="")
    print("\n".join(lines))
    print(
        "tools/imports/distributions/distributions.txt isn't what the locked "
        "distributions provide.\nFix: bazel run //:requirements.update"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
