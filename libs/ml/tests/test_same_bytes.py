"""Tests that training gives the same bytes on every CPU, as the build gave."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from libs.ml import training
from libs.ml.classifier import DEFAULT_MODEL

_TRAIN = (
    "import sys\n"
    f"sys.path[:] = {sys.path!r}\n"
    "import numpy, threadpoolctl\n"
    "[blas] = threadpoolctl.threadpool_info()\n"
    "print(blas['architecture'])\n"
    "from libs.ml import train\n"
    "sys.exit(train.main(sys.argv[1:]))\n"
)


def _train(core: str, folder: Path) -> str:
    """Train with the BLAS kernels of a CPU; return the kernels' name."""
    result = subprocess.run(
        [
            *(sys.executable, "-I", "-c", _TRAIN),
            *("--model", folder / "digits.npz", "--card", folder / "digits.json"),
        ],
        env=os.environ | {"OPENBLAS_CORETYPE": core},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return result.stdout.strip()


@pytest.mark.parametrize("core", ["Nehalem", "Haswell"])
def test_kernels_of_another_cpu_give_the_same_bytes(core: str, tmp_path: Path) -> None:
    used = _train(core, tmp_path)

    assert used == core
    for suffix in (".npz", ".json"):
        built = DEFAULT_MODEL.with_suffix(suffix).read_bytes()
        assert (tmp_path / f"digits{suffix}").read_bytes() == built


def test_another_seed_gives_another_model() -> None:
    digits = training.load_digits()

    models = [training.train(training.split(digits, seed), seed, 1) for seed in (1, 2)]

    assert (models[0].weights != models[1].weights).any()
