"""The other baseline: more of the same. What a listener plays most, then what is most like it by its features.

It knows nothing of other listeners, so it can rank items that nobody has played.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.model_file import ModelFile
from ml.recommender.protocol import Float32, LearningCandidate, check_shapes
from ml.recommender.sparse_rows import normalise_rows, shape_of


@dataclass(frozen=True)
class OwnHistoryParameters:
    """The listeners' own weights, and what their music and all items are made of."""

    listener_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    weights: sparse.csr_matrix
    """Shape (listeners, items)."""
    profiles: sparse.csr_matrix
    """Shape (listeners, features), rows of length 1."""
    features: sparse.csr_matrix
    """Shape (items, features), rows of length 1."""

    def __post_init__(self) -> None:
        count = shape_of(self.features)[1]
        expected = {
            "weights": (len(self.listener_ids), len(self.item_ids)),
            "profiles": (len(self.listener_ids), count),
            "features": (len(self.item_ids), count),
        }
        check_shapes(self, expected)


class OwnHistory(LearningCandidate[OwnHistoryParameters]):
    """The weight of what a listener knows; below zero, by the cosine of their features, everything else."""

    KIND = "own_history"

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:
        of_items = sparse.csr_matrix(normalise_rows(features.named), dtype=np.float32)
        self._fitted = OwnHistoryParameters(
            listener_ids=interactions.listener_ids,
            item_ids=interactions.item_ids,
            weights=interactions.weights,
            profiles=sparse.csr_matrix(normalise_rows(interactions.weights @ of_items), dtype=np.float32),
            features=of_items,
        )

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        learnt = self._parameters
        # Most items share a feature with any listener, so the product is dense: many times faster than of sparse ones.
        profiles = learnt.profiles[listener_rows].toarray()
        alike = np.asarray((learnt.features @ profiles.T).T, dtype=np.float32, order="C")
        # Below whatever is known, a skipped track with its weight of zero included.
        np.minimum(alike, 1.0, out=alike)
        alike -= np.float32(1.0)
        own = learnt.weights[listener_rows].tocoo()
        alike[own.row, own.col] = own.data
        return alike

    def to_file(self) -> ModelFile:
        learnt = self._parameters
        return ModelFile(
            kind=self.KIND,
            library=f"numpy {np.__version__}",
            ids={"listener_ids": learnt.listener_ids, "item_ids": learnt.item_ids},
            numbers={},
            matrices={"weights": learnt.weights, "profiles": learnt.profiles, "features": learnt.features},
        )

    @classmethod
    def from_file(cls, file: ModelFile) -> Self:
        model = cls()
        model._fitted = OwnHistoryParameters(
            listener_ids=file.ids["listener_ids"],
            item_ids=file.ids["item_ids"],
            weights=file.matrices["weights"],
            profiles=file.matrices["profiles"],
            features=file.matrices["features"],
        )
        return model
