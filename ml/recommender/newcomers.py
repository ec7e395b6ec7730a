"""Scores for listeners whom a model does not know: what is popular, that of their favourite genres first.

Somebody of whom nothing is known but a few names they gave is served by cold_listener.py.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ml.recommender.items import Items, heard_by
from ml.recommender.sparse_rows import shape_of


def popularity_of(interactions: pa.Table, item_ids: NDArray[np.str_]) -> NDArray[np.float32]:
    """The share of the listeners who play each item, shape (items,); who only skipped it does not play it."""
    heard = heard_by(interactions, item_ids)
    return (np.diff(heard.indptr) / max(shape_of(heard)[1], 1)).astype(np.float32)


def popularity_scores(
    popularity: NDArray[np.float32], favourite: NDArray[np.bool_], items: Items
) -> NDArray[np.float32]:
    """Shape (listeners, items): popularity, plus 1 within the favourite genres, shape (listeners, genres).

    What nobody plays is scored within favourite genres only: elsewhere nothing speaks for it.
    """
    # The last column stands for items without a genre.
    loved = np.hstack([favourite, np.zeros((len(favourite), 1), dtype=bool)])[:, items.genre]
    scores = np.where(popularity > 0, popularity, np.float32(-np.inf)).astype(np.float32)
    return np.where(loved, popularity + np.float32(1.0), scores[None, :])
