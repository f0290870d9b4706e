"""One run of pytest as a target declares it, from its arguments to Bazel's exit code."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.testing.contract import BazelContract
from tools.testing.plugins import plugin_modules
from tools.testing.reach import guards
from tools.testing.request import (
    RequestError,
    check_conftests,
    parse_request,
    pytest_arguments,
    read_environment,
)


def run(argv: Sequence[str]) -> int:
    """Run pytest over the declared files and return what Bazel is told."""
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
    plugins = [contract, *guards(os.environ)]
    exit_code, remark = contract.verdict(
        int(pytest.main(arguments, plugins=plugins)), request.test_files
    )
    if remark:
        print(remark, file=sys.stderr)
    return exit_code
