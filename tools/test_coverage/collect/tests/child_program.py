"""A program that a test starts, and that doesn't depend on coverage.py."""

import sys

FOLDERS = [entry for entry in sys.path if "pip_coverage" in entry]
print(len(FOLDERS), "folders of coverage.py")
