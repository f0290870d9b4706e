"""Turns images into the whole numbers that the digits classifier is linear in.

An image is 8 by 8 grey values from 0 (white) to 16 (black). Its features are the products of
every two pixels that are at most two rows and columns apart, and of each pixel with black,
which makes the pixels themselves and a constant features as well.
"""

import numpy as np
from numpy.typing import NDArray

SIDE = 8
PIXELS = SIDE * SIDE
BLACK = 16

# Products of pixels further apart cost three times as much and make nothing more exact.
_REACH = 2


def _pairs() -> NDArray[np.intp]:
    """Return which two positions are multiplied; the last one stands for black."""
    left, right = np.triu_indices(PIXELS)
    rows = np.abs(left // SIDE - right // SIDE)
    columns = np.abs(left % SIDE - right % SIDE)
    near = (rows <= _REACH) & (columns <= _REACH)
    each = np.arange(PIXELS + 1)
    black = np.full(PIXELS + 1, PIXELS)
    return np.hstack([[left[near], right[near]], [each, black]])


_PAIRS = _pairs()
COUNT = _PAIRS.shape[1]


def extract[Number: (np.int64, np.float64)](images: NDArray[Number]) -> NDArray[Number]:
    """Return one row of COUNT features for each 8 by 8 image."""
    padded = np.empty((len(images), PIXELS + 1), images.dtype)
    padded[:, :PIXELS] = images.reshape(-1, PIXELS)
    padded[:, PIXELS] = BLACK
    factors = padded.take(_PAIRS, axis=1)
    return np.multiply(factors[:, 0], factors[:, 1])
