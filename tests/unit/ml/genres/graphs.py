"""Small invented graphs of listening whose answers are known."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml.genres.inference import Labels

FAMILIES = ("jazz", "metal")
EACH = 12
"""Artists and listeners of each of the two communities: the first are jazz."""


def communities() -> NDArray[np.float64]:
    """Artists by listeners: two communities whose listeners hear most artists of their own and none of the other."""
    heard = np.zeros((2 * EACH, 2 * EACH))
    for artist in range(2 * EACH):
        for listener in range(2 * EACH):
            heard[artist, listener] = artist // EACH == listener // EACH and (artist + 2 * listener) % 5 != 0
    return heard


def names(count: int = 2 * EACH) -> list[str]:
    """Names that say nothing of anybody: each in letters of its own."""
    return [chr(0x4E00 + number) for number in range(count)]


def labels(known: dict[int, str], count: int = 2 * EACH) -> Labels:
    weights = np.zeros((count, len(FAMILIES)))
    for artist, family in known.items():
        weights[artist, FAMILIES.index(family)] = 1
    return Labels(FAMILIES, weights)


def two_thirds() -> dict[int, str]:
    """The family of two artists of three."""
    return {artist: FAMILIES[artist // EACH] for artist in range(2 * EACH) if artist % 3}


def matrix(heard: NDArray[np.float64]) -> sp.csr_matrix:
    return sp.csr_matrix(heard)
