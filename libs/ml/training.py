"""Trains the classifier on scikit-learn's digits, to the same bytes on every machine.

An averaged perceptron over `features`, in whole numbers throughout: their sums don't
depend on order, so no BLAS kernel, vector width or compiler can change the result. Only
this module's users need scikit-learn; whoever predicts needs numpy.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

from libs.ml import features
from libs.ml.features import SIDE
from libs.ml.model_file import DIGITS, Model

SEED = 20
EPOCHS = 8

# A right answer that leads by less than this still teaches, which widens the gap
# between digits.
_MARGIN = 1_000_000
_SHIFTS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


@dataclass(frozen=True)
class Digits:
    """Images and, for each, the digit that a person wrote."""

    images: NDArray[np.int64]
    labels: NDArray[np.int64]

    def take(self, rows: list[int]) -> Digits:
        """Return the given rows."""
        return Digits(self.images[rows], self.labels[rows])

    def sha256(self) -> str:
        """Return the digest of all images and labels."""
        content = (
            self.images.astype("<i8").tobytes() + self.labels.astype("<i8").tobytes()
        )
        return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Split:
    """Digits to learn from, to choose the temperature with, and to be judged by."""

    training: Digits
    calibration: Digits
    held_out: Digits


def load_digits() -> Digits:
    """Return the 1,797 handwritten digits that scikit-learn carries."""
    bunch: Any = datasets.load_digits()  # Any: scikit-learn has no types
    images = bunch.images.astype(np.int64)
    return Digits(images, bunch.target.astype(np.int64))


def split(digits: Digits, seed: int) -> Split:
    """Return a split by seed: seven tenths, one tenth and two tenths."""
    rows = list(range(len(digits.labels)))
    random.Random(seed).shuffle(rows)  # noqa: S311  # nothing secret
    tenth = len(rows) // 10
    return Split(
        training=digits.take(rows[3 * tenth :]),
        calibration=digits.take(rows[2 * tenth : 3 * tenth]),
        held_out=digits.take(rows[: 2 * tenth]),
    )


def train(parts: Split, seed: int, epochs: int = EPOCHS) -> Model:
    """Return the model that the training part teaches."""
    weights = _learn(_shifted(parts.training), seed, epochs)
    scores = features.extract(parts.calibration.images) @ weights.T
    temperature = _choose_temperature(scores, parts.calibration.labels)
    return Model(weights.astype(np.int32), temperature)


def accuracy(model: Model, digits: Digits) -> float:
    """Return the share of digits that the model names rightly."""
    scores = features.extract(digits.images) @ model.weights.astype(np.int64).T
    return float((scores.argmax(axis=1) == digits.labels).mean())


def _learn(digits: Digits, seed: int, epochs: int) -> NDArray[np.int64]:
    rows = features.extract(digits.images)
    weights = np.zeros((DIGITS, features.COUNT), dtype=np.int64)
    total = np.zeros_like(weights)
    for row, label in _lessons(digits, seed, epochs):
        scores = weights @ rows[row]
        rival = _best_rival(scores, label)
        if scores[label] - scores[rival] <= _MARGIN:
            weights[label] += rows[row]
            weights[rival] -= rows[row]
        total += weights
    return total // (epochs * len(rows))


def _lessons(digits: Digits, seed: int, epochs: int) -> Iterator[tuple[int, int]]:
    chance = random.Random(seed)  # noqa: S311  # nothing secret
    labels = digits.labels.tolist()
    order = list(range(len(labels)))
    for _ in range(epochs):
        chance.shuffle(order)
        yield from ((row, labels[row]) for row in order)


def _best_rival(scores: NDArray[np.int64], label: int) -> int:
    rivals = scores.copy()
    rivals[label] = np.iinfo(np.int64).min
    return int(rivals.argmax())


def _shifted(digits: Digits) -> Digits:
    """Return the digits and copies moved by one pixel: position shall matter less."""
    copies = [_shift(digits.images, down, right) for down, right in _SHIFTS]
    return Digits(np.concatenate(copies), np.tile(digits.labels, len(_SHIFTS)))


def _shift(images: NDArray[np.int64], down: int, right: int) -> NDArray[np.int64]:
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    return padded[:, 1 - down : 1 - down + SIDE, 1 - right : 1 - right + SIDE]


def _choose_temperature(scores: NDArray[np.int64], labels: NDArray[np.int64]) -> int:
    """Return the power of two by which divided scores fit the labels best."""
    candidates: list[int] = [2**power for power in range(12, 32)]
    losses = {power: _log_loss(scores, labels, power) for power in candidates}
    return min(candidates, key=losses.__getitem__)


def _log_loss(
    scores: NDArray[np.int64], labels: NDArray[np.int64], temperature: int
) -> Decimal:
    # Decimal rounds exp and ln correctly on every machine; libm and numpy promise no
    # such thing.
    with localcontext(prec=20):
        loss = Decimal(0)
        for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
            best = max(row)
            powers = [(Decimal(score - best) / temperature).exp() for score in row]
            loss += (
                sum(powers, Decimal(0)).ln() - Decimal(row[label] - best) / temperature
            )
        return loss
