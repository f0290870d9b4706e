"""Copies the map of the present lock into the workspace.

Invoked as: bazel run //tools/imports/distributions:update
"""

import shutil
import sys

from tools.workspace.folder import workspace_folder

TARGET = "tools/imports/distributions/distributions.txt"


def main() -> int:
    """Copy the map."""
    shutil.copyfile(sys.argv[1], workspace_folder() / TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())
