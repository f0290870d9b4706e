"""Greets somebody.

Invoked as: bazel run //tools/newproject -- NAME
"""

import argparse
import sys
from collections.abc import Sequence

from tools.scaffold.templates.tool.newproject import greeting


def main(argv: Sequence[str] | None = None) -> int:
    """Print a greeting."""
    parser = argparse.ArgumentParser(
        prog="bazel run //tools/newproject --", description=__doc__
    )
    parser.add_argument("name", metavar="NAME", help="who is greeted")
    options = parser.parse_args(argv)
    print(greeting(options.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
