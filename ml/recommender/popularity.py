"""The baseline: what most listeners play, the same for everyone. A model that cannot beat it has learnt nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.model_file import ModelFile
from ml.recommender.protocol import Float32, LearningCandidate, check_shapes


@dataclass(frozen=True)
class PopularityParameters:
    """What popularity has learnt: for each item the share of the listeners who know it."""

    listener_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    popularity: Float32

    def __post_init__(self) -> None:
        check_shapes(self, {"popularity": (len(self.item_ids),)})


class Popularity(LearningCandidate[PopularityParameters]):
    """The baseline: what most listeners play, the same for everyone."""

    KIND = "popularity"

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:  # noqa: ARG002 - protocol
        listeners = np.bincount(interactions.weights.indices, minlength=len(interactions.item_ids))
        share = (listeners / len(interactions.listener_ids)).astype(np.float32)
        self._fitted = PopularityParameters(interactions.listener_ids, interactions.item_ids, share)

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        return np.tile(self._parameters.popularity, (len(listener_rows), 1))

    def to_file(self) -> ModelFile:
        learnt = self._parameters
        ids = {"listener_ids": learnt.listener_ids, "item_ids": learnt.item_ids}
        return ModelFile(self.KIND, f"numpy {np.__version__}", ids, {"popularity": learnt.popularity})

    @classmethod
    def from_file(cls, file: ModelFile) -> Self:
        model = cls()
        model._fitted = PopularityParameters(file.ids["listener_ids"], file.ids["item_ids"], file.numbers["popularity"])
        return model
