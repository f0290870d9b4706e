"""One run of pytest as a target declares it, from its arguments to its exit code."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.testing.contract import BazelContract
from tools.testing.plugins import first_party, plugin_arguments
from tools.testing.reach import guards
from tools.testing.record import Record
from tools.testing.request import (
    Environment,
    Request,
    RequestError,
    check_conftests,
    parse_request,
    pytest_arguments,
    read_environment,
)


def run(argv: Sequence[str], record: Record) -> int:
    """Run pytest over the declared files and return what Bazel is told."""
    request = parse_request(argv)
    environment = read_environment(os.environ)
    if environment.shard_status:
        Path(environment.shard_status).touch()
    try:
        check_conftests(request, environment.target)
    except RequestError as error:
        print(error, file=sys.stderr)
        return 2
    prepare(request, environment)
    is_asked = environment.test_filter or any(
        argument.startswith(("-m", "-k", "--deselect"))
        for argument in request.pytest_args
    )
    contract = BazelContract(environment, record, "" if is_asked else request.project)
    arguments = pytest_arguments(request, environment)
    autoloaded = plugin_arguments(request.plugin_distributions)
    if autoloaded is None:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    else:
        arguments = [*autoloaded, *arguments]
    plugins: list[object] = [contract, *guards(os.environ)]
    if request.quarantined or environment.order_seed:
        from tools.testing.unsteady import Unsteady  # noqa: PLC0415  # seldom needed

        seed = environment.order_seed
        plugins.append(Unsteady(environment.target, request.quarantined, seed))
    os.chdir(request.settings.parent)
    exit_code, remark = contract.verdict(
        int(pytest.main(arguments, plugins=plugins)), request.test_files
    )
    if remark:
        record.write("remark", [remark])
    return exit_code


def prepare(request: Request, environment: Environment) -> None:
    """Wait for a debugger, write console scripts, and go to a copy of the project, where these are asked for."""
    if request.debugger_ports:
        from tools.debug import attach  # noqa: PLC0415  # seldom needed

        # A target's settings are a link into the workspace.
        root = request.settings.resolve().parents[request.project.count("/")]
        attach.wait_for_debugger(root, int(request.debugger_ports[-1]))
    if environment.temporary and any(first_party()):
        from tools.testing.console_scripts import write_scripts  # noqa: PLC0415

        write_scripts(Path(environment.temporary, "bin"))
    if request.project:
        # Programs that such tests start find modules beside themselves, as at home.
        os.environ.pop("PYTHONSAFEPATH", None)
    if request.project and environment.temporary:
        from tools.testing.project_folder import copy_project  # noqa: PLC0415  # seldom

        target = Path(environment.temporary, "project")
        copy_project(request.settings.parent, target)
        os.chdir(target)
