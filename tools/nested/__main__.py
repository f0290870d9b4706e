"""Runs the nested cases.

Invoked as: bazel run //tools/nested [-- PYTEST ARGUMENT…], such as `-- -k conftest`
Exits as pytest does; 2 without a workspace.

Examples:
  bazel run //tools/nested -- -k conftest
"""

import os
import sys
from pathlib import Path

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

import pytest  # reads the environment when it is imported


def main() -> int:
    """Run pytest over the case files in the runfiles."""
    if "BUILD_WORKSPACE_DIRECTORY" not in os.environ:
        print(
            "This program copies the workspace. Fix: bazel run //tools/nested",
            file=sys.stderr,
        )
        return 2
    root = Path(__file__).parents[2]
    os.chdir(root)
    cases = sorted(
        str(path.relative_to(root)) for path in root.glob("tools/*/cases/test_*.py")
    )
    arguments = ["-c", "pyproject.toml", "--rootdir=.", "--import-mode=importlib"]
    arguments += ["-p", "no:cacheprovider", "-p", "tools.nested.fixtures", "-v"]
    arguments += ["--durations=15"]
    return int(pytest.main([*arguments, *sys.argv[1:], *cases]))


if __name__ == "__main__":
    sys.exit(main())
