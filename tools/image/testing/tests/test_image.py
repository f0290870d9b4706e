"""Tests of one image, the very one that its push sends; `py_image` declares them for each.

The image's layout folder is $IMAGE, its budget $MOST_MEGABYTES.
"""

import os
from pathlib import Path

import pytest

from tools.image.boot.rootfs import unpack
from tools.image.layout import Image
from tools.image.testing import checks
from tools.image.testing.checks import Unpacked


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Unpacked:
    image = Image(Path(os.environ["IMAGE"]))
    root = tmp_path_factory.mktemp("root")
    unpack(image, root)
    return Unpacked(image, root)


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


def test_every_library_that_is_asked_for_is_there(unpacked: Unpacked) -> None:
    assert checks.libraries(unpacked) == []


def test_every_module_is_compiled(unpacked: Unpacked) -> None:
    assert checks.compiled(unpacked) == []
