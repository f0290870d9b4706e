"""Tests of the image for arm64: what is in it, and that it serves, on whatever machine this is."""

import json
import shutil
import urllib.request
from pathlib import Path

import pytest

from libs.ml.example import EXAMPLE_IMAGE
from tools.image.boot.sandbox import Machine
from tools.image.conformance import booting, checks
from tools.image.conformance.checks import Unpacked
from tools.testing.ports import free_port


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    # The program itself: what stands for it in the build is a script, for which the image has no shell.
    emulator = shutil.which("qemu-aarch64") or ""
    return booting.unpacked_machine(tmp_path_factory.mktemp("root"), emulator)


def test_all_that_is_compiled_is_for_arm64_and_finds_its_libraries(
    machine: Machine,
) -> None:
    unpacked = Unpacked(machine.image, machine.root)

    assert machine.image.config["architecture"] == "arm64"
    assert checks.machines(unpacked) == []
    assert checks.libraries(unpacked) == []
    assert checks.compiled(unpacked) == []


def test_it_answers_predicts_and_ends_on_sigterm(
    machine: Machine, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}"
    body = json.dumps({"images": [EXAMPLE_IMAGE]}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{url}/v1/predictions", body, headers)

    with booting.serving(
        machine,
        {"FASTAPI_ML_PORT": str(port)},
        f"{url}/healthz",
        tmp_path / "talk",
        patience=300,
    ) as service:
        with urllib.request.urlopen(request, timeout=60) as response:
            digit = json.load(response)["predictions"][0]["digit"]
        code = service.boot.stop(patience=60)

    print(f"start to first /healthz, emulated: {service.seconds:.1f} s")
    assert (digit, code) == (0, 0)
