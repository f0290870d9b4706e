"""Runs pytest over a target's test files; the main program of every pytest_test.

Invoked by Bazel as: pytest_main.py --test-file=PATH… [--conftest=PATH…]
[--plugins-of=NAME…] [PYTEST ARGUMENT…]
"""

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Run pytest, under coverage where Bazel asks for it."""
    # Read by pytest when it is imported, which is why imports stand below.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # What a test starts sees no user's packages either; not every launcher cares for it.
    os.environ["PYTHONNOUSERSITE"] = "1"
    if not os.environ.get("COVERAGE_DIR"):
        from tools.testing import session

        return session.run(argv)
    from tools.testing import collecting

    # Before anything else first-party is imported, or its definitions would seem not
    # to have run.
    collection = collecting.begin(os.environ)
    from tools.testing import session

    exit_code = session.run(argv)
    collection.finish()
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
