"""Tests how good the built model is on digits that it never saw."""

import json

from libs.ml import classifier, training
from libs.ml.classifier import DEFAULT_MODEL


def _held_out() -> training.Digits:
    return training.split(training.load_digits(), training.SEED).held_out


def test_built_model_names_95_of_100_held_out_digits() -> None:
    held_out = _held_out()

    predictions = classifier.load().predict(list(held_out.images))

    wanted = held_out.labels.tolist()
    right = sum(p.digit == w for p, w in zip(predictions, wanted, strict=True))
    assert right / len(wanted) >= 0.95


def test_confidence_is_honest() -> None:
    held_out = _held_out()

    predictions = classifier.load().predict(list(held_out.images))

    wanted = held_out.labels.tolist()
    right = sum(p.digit == w for p, w in zip(predictions, wanted, strict=True))
    mean = sum(p.confidence for p in predictions) / len(predictions)
    assert abs(mean - right / len(wanted)) < 0.03


def test_card_tells_the_accuracy_and_the_data() -> None:
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())
    held_out = _held_out()

    predictions = classifier.load().predict(list(held_out.images))

    wanted = held_out.labels.tolist()
    right = sum(p.digit == w for p, w in zip(predictions, wanted, strict=True))
    assert card["accuracy"] == round(right / len(wanted), 4)
    assert card["data"]["sha256"] == training.load_digits().sha256()
    assert card["seed"] == training.SEED
    assert set(card["versions"]) == {"numpy", "python", "scikit-learn"}


def test_parts_of_the_split_share_no_row() -> None:
    digits = training.load_digits()

    parts = training.split(digits, training.SEED)

    sizes = [len(p.labels) for p in (parts.training, parts.calibration, parts.held_out)]
    assert sum(sizes) == len(digits.labels)
    assert sizes == [1260, 179, 358]
