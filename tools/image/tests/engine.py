"""Stands for a container engine in tests.

Invoked as: engine load --input ARCHIVE, with $ENGINE_KEEPS naming where to keep it.
"""

import os
import shutil
import sys

if sys.argv[1:3] != ["load", "--input"]:
    sys.exit(f"engine: unknown arguments {sys.argv[1:]}")
with open(sys.argv[3], "rb") as archive, open(os.environ["ENGINE_KEEPS"], "wb") as kept:
    shutil.copyfileobj(archive, kept)
