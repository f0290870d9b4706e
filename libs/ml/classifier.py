"""Says which digit an image shows, with numpy alone.

>>> classifier = load()
>>> classifier.predict([image])[0].digit
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from libs.ml import features, model_file
from libs.ml.features import BLACK, SIDE

DEFAULT_MODEL = Path(__file__).with_name("digits.npz")


class ImageError(ValueError):
    """Input that isn't a batch of 8 by 8 images of whole numbers from 0 to 16."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest digit, and the probability of each of the ten to six places."""

    digit: int
    probabilities: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """Return the probability of the predicted digit."""
        return self.probabilities[self.digit]


class Classifier:
    """A trained model, ready to predict; it can be shared by threads."""

    def __init__(self, model: model_file.Model) -> None:
        """Prepare a model's weights for use."""
        # Weights and features are whole and every score stays below 2**53, so a product
        # of floats is exact in any order: each BLAS kernel gives the same answer.
        self._weights = np.ascontiguousarray(model.weights.T, dtype=np.float64)
        self._temperature = float(model.temperature)

    def predict(self, images: Sequence[ArrayLike]) -> list[Prediction]:
        """Return one prediction for each 8 by 8 image, or raise ImageError."""
        return self._predict(as_images(images)) if len(images) else []

    def predict_valid(self, images: Sequence[ArrayLike]) -> list[Prediction]:
        """Return what `predict` does for images that have been validated already."""
        return self._predict(np.array(images, dtype=np.float64))

    def _predict(self, images: NDArray[np.float64]) -> list[Prediction]:
        scores = features.extract(images) @ self._weights
        return [self._prediction(row) for row in scores.tolist()]

    def _prediction(self, scores: list[float]) -> Prediction:
        # Ten numbers are too few for numpy to be faster at.
        best = max(scores)
        powers = [math.exp((score - best) / self._temperature) for score in scores]
        # To six places, at a third of what `round` takes for it.
        million = sum(powers) / 1e6
        return Prediction(
            scores.index(best),
            tuple([int(power / million + 0.5) / 1e6 for power in powers]),
        )


def load(path: Path = DEFAULT_MODEL) -> Classifier:
    """Return the classifier of a model file, or raise ModelError."""
    return Classifier(model_file.read(path))


def as_images(images: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Return the images as one array of whole numbers, or raise ImageError."""
    try:
        array = np.asarray(images)
    except ValueError as error:
        raise ImageError(f"the rows of an image differ in length: {error}") from error
    if array.ndim != 3 or array.shape[1:] != (SIDE, SIDE):
        raise ImageError(f"got shape {array.shape}, wanted (any, {SIDE}, {SIDE})")
    if array.dtype.kind not in "iuf":
        raise ImageError(f"got values of type {array.dtype}, wanted whole numbers")
    # A comparison with NaN is false, so this refuses it as well.
    if not ((array >= 0) & (array <= BLACK)).all():
        raise ImageError(f"got a value that isn't from 0 to {BLACK}")
    if array.dtype.kind == "f" and not (np.floor(array) == array).all():
        raise ImageError("got a fraction, wanted whole numbers")
    return array.astype(np.float64)
