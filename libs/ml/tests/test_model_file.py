"""Tests that a damaged model is refused, whatever the damage."""

import hashlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from libs.ml import classifier, model_file
from libs.ml.classifier import DEFAULT_MODEL
from libs.ml.model_file import ModelError


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a copy of the built model, its card beside it."""
    shutil.copy(DEFAULT_MODEL.with_suffix(".json"), tmp_path / "digits.json")
    return Path(shutil.copy(DEFAULT_MODEL, tmp_path / "digits.npz"))


def _vouch_for(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    card = {"model_sha256": hashlib.sha256(content).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(card))


def test_built_model_survives_a_round_trip() -> None:
    assert (
        model_file.encode(model_file.read(DEFAULT_MODEL)) == DEFAULT_MODEL.read_bytes()
    )


def test_numpy_opens_the_model() -> None:
    with np.load(DEFAULT_MODEL) as members:
        assert sorted(members) == ["temperature", "weights"]


@pytest.mark.parametrize("length", [0, 1, 100, 20_000, -1])
def test_truncated_model_is_named(model: Path, length: int) -> None:
    model.write_bytes(model.read_bytes()[:length])

    with pytest.raises(ModelError, match="is truncated or altered") as error:
        classifier.load(model)

    assert str(model) in str(error.value)


def test_any_altered_byte_is_seen(model: Path) -> None:
    content = model.read_bytes()

    for position in range(0, len(content), 997):
        altered = bytearray(content)
        altered[position] ^= 1
        model.write_bytes(altered)
        with pytest.raises(ModelError, match="is truncated or altered"):
            classifier.load(model)


def test_missing_model_names_the_target_to_depend_on(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="//libs/ml:digits"):
        classifier.load(tmp_path / "digits.npz")


def test_missing_card_is_named(model: Path) -> None:
    model.with_suffix(".json").unlink()

    with pytest.raises(ModelError, match=r"digits\.json"):
        classifier.load(model)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null"])
def test_damaged_card_is_named(model: Path, text: str) -> None:
    model.with_suffix(".json").write_text(text)

    with pytest.raises(ModelError, match=r"card .* is damaged"):
        classifier.load(model)


def test_model_of_another_form_is_refused(model: Path) -> None:
    content = io.BytesIO()
    np.savez(content, weights=np.zeros((2, 2), dtype="<i4"))
    _vouch_for(model, content.getvalue())

    with pytest.raises(ModelError, match="has another form"):
        classifier.load(model)


def test_pickled_content_is_never_loaded(model: Path) -> None:
    content = io.BytesIO()
    np.savez(
        content,
        weights=np.array([{"a": 1}], dtype=object),
        temperature=np.asarray(1, dtype="<i8"),
    )
    _vouch_for(model, content.getvalue())

    with pytest.raises(ModelError, match="can't be read as arrays"):
        classifier.load(model)


def test_text_that_its_card_vouches_for_is_refused(model: Path) -> None:
    _vouch_for(model, b"not a model")

    with pytest.raises(ModelError, match="can't be read as arrays"):
        classifier.load(model)
