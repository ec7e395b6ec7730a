"""A fitted model that answers for other listeners and items than those it was fitted with.

So a model of before can be asked about the plays of today.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.recommender.protocol import Candidate, Float32


class Aligned:
    """The scores of `model` under the sorted ids of somebody else; items it does not know stand below all others."""

    def __init__(self, model: Candidate, listener_ids: NDArray[np.str_], item_ids: NDArray[np.str_]) -> None:
        self._model = model
        self._items = len(item_ids)
        self._listener, self._item = _places(listener_ids, model.listener_ids), _places(item_ids, model.item_ids)

    @property
    def knows_listener(self) -> NDArray[np.bool_]:
        """Shape (listeners,)."""
        return self._listener >= 0

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        """Shape (listener_rows, items); listeners that the model does not know have all items alike."""
        scores = np.zeros((len(listener_rows), self._items), dtype=np.float32)
        known, item = np.flatnonzero(self.knows_listener[listener_rows]), np.flatnonzero(self._item >= 0)
        if len(known) and len(item):
            own = self._model.scores(self._listener[listener_rows[known]])
            scores[known] = own.min(axis=1, keepdims=True) - 1.0
            scores[np.ix_(known, item)] = own[:, self._item[item]]
        return scores


def _places(ids: NDArray[np.str_], of: NDArray[np.str_]) -> NDArray[np.int64]:
    """The position of each id among sorted others, -1 for none."""
    if not len(of):
        return np.full(len(ids), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(of, ids), len(of) - 1)
    return np.where(of[place] == ids, place, -1)
