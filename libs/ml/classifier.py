"""Says which digit an image shows, with numpy alone.

>>> classifier = load()
>>> classifier.predict([image])[0].digit
"""

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
    """The likeliest digit, and the probability of each of the ten."""

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
        # Weights and features are whole and their scores stay below 2**53, so a product
        # of floats is exact in any order: every BLAS kernel gives the same answer.
        self._weights = model.weights.T.astype(np.float64)
        self._temperature = float(model.temperature)

    def predict(self, images: Sequence[ArrayLike]) -> list[Prediction]:
        """Return one prediction for each 8 by 8 image, or raise ImageError."""
        if len(images) == 0:
            return []
        rows = features.extract(as_images(images)).astype(np.float64)
        probabilities = _softmax((rows @ self._weights) / self._temperature)
        digits = probabilities.argmax(axis=1)
        return [
            Prediction(digit, tuple(row))
            for digit, row in zip(digits.tolist(), probabilities.tolist(), strict=True)
        ]


def load(path: Path = DEFAULT_MODEL) -> Classifier:
    """Return the classifier of a model file, or raise ModelError."""
    return Classifier(model_file.read(path))


def as_images(images: Sequence[ArrayLike]) -> features.Images:
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
    whole = array.astype(np.int64)
    if array.dtype.kind == "f" and not (whole == array).all():
        raise ImageError("got a fraction, wanted whole numbers")
    return whole


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
