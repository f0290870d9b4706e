"""Combines as combine.py does, and keeps generated files in the report."""

import sys

from tools.coverage_page import combine

if __name__ == "__main__":
    sys.exit(combine.main([*sys.argv[1:], "--generated"]))
