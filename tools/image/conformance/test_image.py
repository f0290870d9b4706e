"""Tests of one image, the very one that its push sends; `py_image` declares them for each.

The image's layout folder is $IMAGE, its budget $MOST_MEGABYTES, and $RUNFILES lists what its program has when Bazel
runs it; $AUDIT_POLICY is the file that says which licences may ship. $UNCHECKED holds the exceptions, $START_ARGS the
arguments to start it with; bubblewrap is $BWRAP.
"""

import json
import os
from pathlib import Path

import pytest

from tools.image.boot.rootfs import unpack
from tools.image.boot.sandbox import Machine
from tools.image.conformance import checks, runfiles
from tools.image.conformance.booting import require_namespaces
from tools.image.conformance.checks import Unpacked
from tools.image.conformance.runfiles import Runfiles
from tools.image.conformance.starting import import_problems, start_problems
from tools.image.oci.layout import Image
from tools.lock.audit.policy import parse_policy

UNCHECKED: dict[str, str] = json.loads(os.environ["UNCHECKED"])


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Unpacked:
    image = Image(Path(os.environ["IMAGE"]))
    root = tmp_path_factory.mktemp("root")
    unpack(image, root)
    return Unpacked(image, root)


@pytest.fixture(scope="module")
def listed() -> Runfiles:
    return Runfiles.read(Path(os.environ["RUNFILES"]).read_bytes())


@pytest.fixture(scope="module")
def machine(unpacked: Unpacked) -> Machine:
    bwrap = os.path.abspath(os.environ["BWRAP"])
    require_namespaces(bwrap)
    return Machine(bwrap, unpacked.image, unpacked.root, shares_network=False)


def test_everything_that_the_program_has_under_bazel_is_there(
    unpacked: Unpacked, listed: Runfiles
) -> None:
    assert runfiles.missing(unpacked, listed) == []


def test_no_first_party_file_is_there_besides(
    unpacked: Unpacked, listed: Runfiles
) -> None:
    assert runfiles.unexpected(unpacked, listed) == []


def test_first_party_scripts_find_their_interpreter(unpacked: Unpacked) -> None:
    assert runfiles.scripts(unpacked, UNCHECKED) == []


def test_exceptions_name_a_file_and_a_reason(unpacked: Unpacked) -> None:
    assert runfiles.unknown(UNCHECKED, unpacked.root) == []


def test_every_first_party_module_can_be_imported(
    machine: Machine, listed: Runfiles
) -> None:
    modules = [path for path in listed.modules if path not in UNCHECKED]

    assert import_problems(machine, modules) == []


def test_the_entrypoint_starts(machine: Machine) -> None:
    arguments = json.loads(os.environ["START_ARGS"])

    problems = [] if "entrypoint" in UNCHECKED else start_problems(machine, arguments)

    assert problems == []


def test_the_entrypoint_is_a_program_and_no_shell(unpacked: Unpacked) -> None:
    assert checks.entrypoint(unpacked) == []


def test_the_user_is_not_root(unpacked: Unpacked) -> None:
    assert checks.user(unpacked) == []


def test_the_digest_moves_with_the_inputs_alone(unpacked: Unpacked) -> None:
    assert checks.reproducible(unpacked) == []


def test_programs_of_distributions_are_on_the_path(unpacked: Unpacked) -> None:
    assert unpacked.image.environment["PATH"].split(":")[0] == "/opt/venv/bin"


def test_nothing_is_setuid_or_writable_for_everyone(unpacked: Unpacked) -> None:
    assert checks.modes(unpacked) == []


def test_first_party_tests_stay_outside(unpacked: Unpacked) -> None:
    assert checks.first_party_tests(unpacked) == []


def test_nothing_looks_like_a_secret(unpacked: Unpacked) -> None:
    assert checks.secrets(unpacked) == []


def test_the_image_is_within_its_budget(unpacked: Unpacked) -> None:
    assert checks.size(unpacked, float(os.environ["MOST_MEGABYTES"])) == []


def test_every_distribution_has_a_licence_that_may_ship(unpacked: Unpacked) -> None:
    policy = parse_policy(Path(os.environ["AUDIT_POLICY"]).read_text())

    assert checks.licences(unpacked, policy) == []


def test_every_library_that_is_asked_for_is_there(unpacked: Unpacked) -> None:
    assert checks.libraries(unpacked) == []


def test_everything_compiled_is_for_the_image_s_processor(unpacked: Unpacked) -> None:
    assert checks.machines(unpacked) == []


def test_every_module_is_compiled(unpacked: Unpacked) -> None:
    assert checks.compiled(unpacked) == []
