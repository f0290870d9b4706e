"""Writes the trained digits model and its card.

Invoked by `trained_model`: train --seed 20 --model digits.npz --card digits.json
"""

import argparse
import hashlib
import json
import platform
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from libs.ml import model_file, training


def describe(content: bytes, digits: training.Digits, seed: int) -> dict[str, object]:
    """Return the card of an encoded model, but for its accuracy."""
    return {
        "name": "digits",
        "purpose": "names the handwritten digit in an 8 by 8 image",
        "method": "averaged perceptron over products of pixels, in whole numbers",
        "model_sha256": hashlib.sha256(content).hexdigest(),
        "model_bytes": len(content),
        "seed": seed,
        "data": {
            "source": "scikit-learn's load_digits",
            "images": len(digits.labels),
            "sha256": digits.sha256(),
        },
        "versions": {
            "numpy": metadata.version("numpy"),
            "python": platform.python_version(),
            "scikit-learn": metadata.version("scikit-learn"),
        },
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Train, write both files and return 0."""
    parser = argparse.ArgumentParser(prog="train", description=__doc__)
    parser.add_argument("--seed", type=int, default=training.SEED)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--card", type=Path, required=True)
    arguments = parser.parse_args(argv)

    digits = training.load_digits()
    parts = training.split(digits, arguments.seed)
    model = training.train(parts, arguments.seed)
    content = model_file.encode(model)
    card = describe(content, digits, arguments.seed) | {
        "held_out_images": len(parts.held_out.labels),
        "accuracy": round(training.accuracy(model, parts.held_out), 4),
    }
    arguments.model.write_bytes(content)
    arguments.card.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
