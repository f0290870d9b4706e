"""Runs pytest over a target's test files; the main program of every pytest_test.

Invoked by Bazel as: pytest_main.py --test-file=PATH… [--conftest=PATH…] [--plugins-of=NAME…] [PYTEST ARGUMENT…]
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

COLLECTION = None
if os.environ.get("COVERAGE_DIR") and __name__ == "__main__":
    # Before anything first-party is imported, or its definitions would seem not to have run.
    from tools.testing import collecting

    COLLECTION = collecting.begin(os.environ)

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

import pytest  # reads the environment when it is imported

from tools.testing.contract import BazelContract
from tools.testing.plugins import plugin_modules
from tools.testing.request import (
    RequestError,
    check_conftests,
    parse_request,
    pytest_arguments,
    read_environment,
)


def main(argv: Sequence[str]) -> int:
    """Run pytest as the target declares it."""
    request = parse_request(argv)
    environment = read_environment(os.environ)
    if environment.shard_status:
        Path(environment.shard_status).touch()
    if environment.temporary:
        os.environ["TMPDIR"] = environment.temporary
    try:
        check_conftests(request, environment.target)
    except RequestError as error:
        print(error, file=sys.stderr)
        return 2
    contract = BazelContract(environment)
    arguments = pytest_arguments(request, environment)
    for module in plugin_modules(request.plugin_distributions):
        arguments += ["-p", module]
    exit_code, remark = contract.verdict(
        int(pytest.main(arguments, plugins=[contract])), request.test_files
    )
    if remark:
        print(remark, file=sys.stderr)
    if COLLECTION:
        COLLECTION.finish()
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
