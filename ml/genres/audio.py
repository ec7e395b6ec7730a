"""How music sounds as evidence of its family: audio features of an artist's tracks, scaled, with their products.

Products let a family be a region rather than a direction: slow and loud is another music than slow and quiet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDEST = 5.0
"""Standard deviations beyond which a value says no more."""


def audio_values(features: NDArray[np.float64]) -> NDArray[np.float32]:
    """Artists by scaled features and products of two; zeros for an artist with any of them missing (NaN)."""
    is_known = ~np.isnan(features).any(axis=1)
    found = np.zeros((len(features), features.shape[1] * (features.shape[1] + 3) // 2), dtype=np.float32)
    if is_known.any():
        scaled = _scaled(features[is_known])
        first, second = np.triu_indices(features.shape[1])
        found[is_known] = np.hstack([scaled, _scaled(scaled[:, first] * scaled[:, second])])
    return found


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = values.std(axis=0)
    return np.clip((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1), -WIDEST, WIDEST)
