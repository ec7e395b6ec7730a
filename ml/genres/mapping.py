"""A flat map of genres: those that keep the same company lie near each other.

Classical scaling gives the first places, majorisation of the stress (SMACOF, de Leeuw 1977) the last ones. Neither
draws lots; the directions of the axes mean nothing and are fixed by the places themselves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIGITS = 3
_ROUNDS = 100


def places_on_map(distances: Floats, attraction: Floats, common: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Where each genre lies, -1 to 1 in both directions.

    Args:
        distances: between the common genres.
        attraction: genres by common genres; one that is not common lies amidst those that attract it.
        common: positions of the common genres.
    """
    places = _upright(_majorised(_first_places(distances), distances))
    pull = attraction.sum(axis=1, keepdims=True)
    every = attraction @ places / np.where(pull > 0, pull, 1)
    every[common] = places
    # Adding zero makes of -0.0 what it is.
    every = np.round(every, DIGITS) + 0.0
    return every[:, 0], every[:, 1]


def _first_places(distances: Floats) -> Floats:
    """By the two widest directions of the distances (Torgerson 1952)."""
    count = len(distances)
    centred = np.eye(count) - 1 / count
    values, vectors = np.linalg.eigh(-0.5 * centred @ distances**2 @ centred)
    places = np.zeros((count, 2))
    widest = np.argsort(-values, kind="stable")[:2]
    places[:, : len(widest)] = vectors[:, widest] * np.sqrt(np.maximum(values[widest], 0))
    return places


def _majorised(places: Floats, distances: Floats) -> Floats:
    """Moved until the map's distances are as near to the given ones as they come."""
    count = len(places)
    for _ in range(_ROUNDS):
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)
        ratio = np.divide(distances, apart, out=np.zeros_like(apart), where=apart > 1e-9)
        places = (ratio.sum(axis=1, keepdims=True) * places - ratio @ places) / count
    return places


def _upright(places: Floats) -> Floats:
    """The longer way across, the side that reaches further to the right and up, as wide as the map."""
    centred = places - places.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    turned = centred @ vectors[:, np.argsort(-values, kind="stable")]
    furthest = turned[np.abs(np.round(turned, 9)).argmax(axis=0), [0, 1]]
    turned *= np.where(furthest < 0, -1, 1)
    widest = np.abs(turned).max()
    return turned / widest if widest > 1e-9 else np.zeros_like(turned)
