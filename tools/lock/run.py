#!/usr/bin/env -S python3 -ISB
"""Solves requirements.in into requirements_lock.txt, whatever state the lock is in.

A plain file, run by the machine's Python, not a target: any target would be checked by
the aspects of .bazelrc, whose programs come from the very lock that is to be written.
So everything that it imports is of the standard library.
"""

import os
import runpy
import sys

OLDEST = (3, 11)

if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.exit(
            f"requirements.update: found Python {sys.version.split()[0]} as python3, "
            "wanted 3.11 or later.\nFix: put a newer python3 first on the PATH."
        )
    sys.path.insert(0, os.environ["BUILD_WORKSPACE_DIRECTORY"])
    runpy.run_module("tools.lock.update", run_name="__main__", alter_sys=True)
