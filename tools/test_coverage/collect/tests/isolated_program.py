"""The same as child_program.py, started by an isolated interpreter."""

import sys

FOLDERS = [entry for entry in sys.path if "pip_coverage" in entry]
print(len(FOLDERS), "folders of coverage.py")
