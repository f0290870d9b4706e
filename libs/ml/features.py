"""Turns images into the whole numbers that the digits classifier is linear in.

An image is 8 by 8 grey values from 0 (white) to 16 (black). Its features are the
product of every two of its pixels, the pixels themselves and a constant, all brought to
one range.
"""

import numpy as np
from numpy.typing import NDArray

SIDE = 8
PIXELS = SIDE * SIDE
BLACK = 16
COUNT = PIXELS * (PIXELS + 1) // 2 + PIXELS + 1

type Images = NDArray[np.int64]
type Features = NDArray[np.int64]

_LEFT, _RIGHT = np.triu_indices(PIXELS)


def extract(images: Images) -> Features:
    """Return one row of COUNT features for each 8 by 8 image."""
    pixels = images.reshape(-1, PIXELS)
    products = pixels[:, _LEFT] * pixels[:, _RIGHT]
    constant = np.full((len(pixels), 1), BLACK * BLACK, dtype=np.int64)
    return np.hstack([products, BLACK * pixels, constant])
