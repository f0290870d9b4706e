"""Tests of the image that is pushed: booted as PID 1, read-only, not as root."""

import json
import time
import urllib.request
from pathlib import Path

import pytest

from libs.ml.example import EXAMPLE_IMAGE
from tools.image.boot.sandbox import Machine
from tools.image.conformance import booting
from tools.testing.ports import free_port


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return booting.unpacked_machine(tmp_path_factory.mktemp("root"))


def predict(url: str) -> int:
    """Return the digit that the service sees in the example."""
    body = json.dumps({"images": [EXAMPLE_IMAGE]}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{url}/v1/predictions", body, headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        digit: int = json.load(response)["predictions"][0]["digit"]
        return digit


def test_it_answers_predicts_and_ends_on_sigterm(
    machine: Machine, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}"
    environment = {"FASTAPI_ML_PORT": str(port)}

    with booting.serving(
        machine, environment, f"{url}/healthz", tmp_path / "talk"
    ) as service:
        digit = predict(url)
        # With no broker and no volume it still takes jobs.
        booting.wait_for(f"{url}/readyz", service.boot, patience=60)
        asked = time.monotonic()
        code = service.boot.stop(patience=10)
        seconds = time.monotonic() - asked

    print(
        f"start to first /healthz: {service.seconds:.2f} s; SIGTERM to end: {seconds:.2f} s"
    )
    assert (digit, code) == (0, 0)
    assert seconds < 2


def test_no_module_is_compiled_at_the_start(machine: Machine, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}"
    environment = {"FASTAPI_ML_PORT": str(port), "PYTHONVERBOSE": "1"}

    with booting.serving(
        machine, environment, f"{url}/healthz", tmp_path / "talk"
    ) as service:
        predict(url)
        said = service.said()

    assert len([it for it in said if it.startswith(booting.FOUND_COMPILED)]) > 100
    assert [it for it in said if it.startswith(booting.COMPILED_AT_START)] == []
