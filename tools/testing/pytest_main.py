"""Runs pytest over a target's test files; the main program of every pytest_test.

Invoked by Bazel as: pytest_main.py --test-file=PATH… [--conftest=PATH…]
[--plugins-of=NAME…] [PYTEST ARGUMENT…]
"""

import gc
import os
import sys
from collections.abc import Sequence

from tools.testing.record import RECOLLECTION, Record
from tools.testing.supervisor import supervise


def main(argv: Sequence[str]) -> int:
    """Run pytest in a child process, or collect the tests for another run."""
    # What a test starts sees no user's packages either; not every launcher cares for it.
    os.environ["PYTHONNOUSERSITE"] = "1"
    if file := os.environ.pop(RECOLLECTION, None):
        from tools.testing.recollection import recollect

        return recollect(lambda record: run(argv, record), file)
    return supervise(lambda record: measure(argv, record), os.environ)


def measure(argv: Sequence[str], record: Record) -> int:
    """Run pytest, under coverage where Bazel asks for it."""
    if not os.environ.get("COVERAGE_DIR"):
        return run(argv, record)
    from tools.test_coverage.collect import collector

    # Before anything else first-party is imported, or its definitions would seem not
    # to have run.
    collection = collector.begin(os.environ)
    exit_code = run(argv, record)
    collection.finish()
    return exit_code


def run(argv: Sequence[str], record: Record) -> int:
    """Import pytest and run it, without searching for garbage in what stays until the end.

    pytest collects garbage after the tests, for what they leave behind: together with the
    collections of the imports that was a seventh of a small test.
    """
    gc.disable()
    from tools.testing import session

    gc.freeze()
    gc.enable()
    return session.run(argv, record)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
elif __name__ == "__mp_main__":
    # A process of multiprocessing, which starts anew.
    from tools.testing.workspace_guard import sitecustomize

    sitecustomize.install()
