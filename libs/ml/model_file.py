"""Writes and reads a trained model: an .npz file, and the card that vouches for it.

The card (the same name, ending in .json) holds the SHA-256 of the .npz file, so a
truncated or altered model is refused before any of it is believed. `numpy.load` opens
the model as well.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from libs.ml import features

DIGITS = 10

# The oldest time that a zip file can carry: the same model is the same bytes at any
# time.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORM = {"weights": ("<i4", (DIGITS, features.COUNT)), "temperature": ("<i8", ())}


class ModelError(Exception):
    """A model that is missing, damaged, or not of the form that this version reads."""


@dataclass(frozen=True)
class Model:
    """What training found: weights, and the score that is one unit of certainty."""

    weights: NDArray[np.int32]
    temperature: int


def encode(model: Model) -> bytes:
    """Return the bytes of the .npz file, the same for the same model."""
    members = {
        "weights.npy": np.asarray(model.weights, dtype="<i4"),
        "temperature.npy": np.asarray(model.temperature, dtype="<i8"),
    }
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as container:
        for name, array in members.items():
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            container.writestr(zipfile.ZipInfo(name, _EPOCH), content.getvalue())
    return archive.getvalue()


def read(path: Path) -> Model:
    """Return a path's model, or raise ModelError unless its card vouches for it."""
    content = _read_bytes(path)
    expected = _expected_digest(path.with_suffix(".json"))
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ModelError(
            f'model "{path}" is truncated or altered: its {len(content)} bytes have '
            f"SHA-256 {found}, its card says {expected}.\nFix: build the model again."
        )
    return _decode(content, path)


def _decode(content: bytes, path: Path) -> Model:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            members = {name: archive[name] for name in archive}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(
            f'model "{path}" can\'t be read as arrays: {error}.\n'
            "Fix: build the model again."
        ) from error
    found = {name: (array.dtype.str, array.shape) for name, array in members.items()}
    if found != _FORM:
        raise ModelError(
            f'model "{path}" has another form: it holds {found}, wanted {_FORM}.\n'
            "Fix: build the model and this program from one commit."
        )
    return Model(members["weights"], int(members["temperature"]))


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(
            f'model file "{path}" can\'t be read: {error.strerror}.\n'
            "Fix: add //libs/ml:digits to the data of the target that loads it."
        ) from error


def _expected_digest(card: Path) -> str:
    try:
        digest = json.loads(_read_bytes(card))["model_sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f'model card "{card}" is damaged: it names no "model_sha256".\n'
            "Fix: build the model again."
        ) from error
    return str(digest)
