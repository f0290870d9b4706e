"""Runs buildifier as a build action; see buildifier.py."""

import sys

from tools.checks.starlark.buildifier import main

if __name__ == "__main__":
    sys.exit(main())
