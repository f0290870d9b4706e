"""Copies the map of the present lock into the workspace.

Invoked as: bazel run //tools/imports/distributions:update
"""

import os
import shutil
import sys
from pathlib import Path

TARGET = "tools/imports/distributions/distributions.txt"


def main() -> int:
    """Copy the map."""
    workspace = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    shutil.copyfile(sys.argv[1], workspace / TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())
