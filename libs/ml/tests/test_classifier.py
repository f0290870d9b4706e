"""Tests of predicting, and of what it refuses."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from libs.ml import classifier
from libs.ml.classifier import ImageError
from libs.ml.example import EXAMPLE_IMAGE

BLANK = [[0] * 8] * 8


def test_one_image_gives_one_prediction() -> None:
    [prediction] = classifier.load().predict([EXAMPLE_IMAGE])

    assert prediction.digit == 0
    assert prediction.confidence > 0.9


def test_many_images_give_the_predictions_of_each_alone() -> None:
    loaded = classifier.load()
    chance = np.random.default_rng(1)
    images = list(chance.integers(0, 17, (50, 8, 8)))

    together = loaded.predict(images)

    assert together == [loaded.predict([image])[0] for image in images]


def test_probabilities_are_ten_and_sum_to_one() -> None:
    [prediction] = classifier.load().predict([BLANK])

    assert len(prediction.probabilities) == 10
    assert sum(prediction.probabilities) == pytest.approx(1)
    assert prediction.confidence == max(prediction.probabilities)


def test_no_image_gives_no_prediction() -> None:
    assert classifier.load().predict([]) == []


def test_whole_floats_are_as_good_as_integers() -> None:
    loaded = classifier.load()

    assert loaded.predict([np.array(EXAMPLE_IMAGE, float)]) == loaded.predict(
        [EXAMPLE_IMAGE]
    )


def test_threads_share_a_classifier() -> None:
    loaded = classifier.load()
    wanted = loaded.predict([EXAMPLE_IMAGE])

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda _: loaded.predict([EXAMPLE_IMAGE]), range(200)))

    assert got == [wanted] * 200


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([[[0] * 8] * 7], r"got shape \(1, 7, 8\), wanted \(any, 8, 8\)"),
        ([[0] * 64], r"got shape \(1, 64\)"),
        ([[[0] * 8] * 7 + [[0] * 9]], "differ in length"),
        ([np.full((8, 8), 17)], "isn't from 0 to 16"),
        ([np.full((8, 8), -1)], "isn't from 0 to 16"),
        ([np.full((8, 8), np.nan)], "isn't from 0 to 16"),
        ([np.full((8, 8), np.inf)], "isn't from 0 to 16"),
        ([np.full((8, 8), 0.5)], "got a fraction"),
        ([np.full((8, 8), "7")], "wanted whole numbers"),
        ([np.full((8, 8), None)], "wanted whole numbers"),
        ([np.full((8, 8), 2**80, dtype=object)], "wanted whole numbers"),
    ],
)
def test_other_input_is_refused_by_name(images: list[object], message: str) -> None:
    loaded = classifier.load()

    with pytest.raises(ImageError, match=message):
        # pyrefly: ignore[bad-argument-type]  # wrong on purpose
        loaded.predict(images)


def test_predicting_imports_numpy_and_nothing_else_from_outside() -> None:
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        f"sys.path[:] = {sys.path!r}\n"
        "from libs.ml import classifier\n"
        "classifier.load().predict([[[0] * 8] * 8])\n"
        "print(*{name.partition('.')[0] for name in sys.modules.keys() - before})\n"
    )

    result = subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    outside = set(result.stdout.split()) - sys.stdlib_module_names
    assert {name for name in outside if not name.startswith("_")} == {"libs", "numpy"}
