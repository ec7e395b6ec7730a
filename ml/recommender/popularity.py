"""The baseline: what most listeners play, the same for everyone. A model that cannot beat it has learnt nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.errors import ModelFileError, NotFittedError
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.model_file import ModelFile, read_model, write_model
from ml.recommender.protocol import Float32


@dataclass(frozen=True)
class PopularityParameters:
    """What popularity has learnt: for each item the share of the listeners who know it."""

    listener_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    popularity: Float32

    def __post_init__(self) -> None:
        if self.popularity.shape != self.item_ids.shape:
            raise ValueError(f"{self.popularity.shape} popularities for {self.item_ids.shape} items")
        if not np.isfinite(self.popularity).all():
            raise ValueError("popularity holds numbers that are not finite")


class Popularity:
    """The baseline: what most listeners play, the same for everyone."""

    KIND = "popularity"

    def __init__(self) -> None:
        self._fitted: PopularityParameters | None = None

    @property
    def listener_ids(self) -> NDArray[np.str_]:
        return self._parameters.listener_ids

    @property
    def item_ids(self) -> NDArray[np.str_]:
        return self._parameters.item_ids

    @property
    def _parameters(self) -> PopularityParameters:
        if self._fitted is None:
            raise NotFittedError("the popularity model has not been fitted")
        return self._fitted

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:  # noqa: ARG002 - protocol
        listeners = np.bincount(interactions.weights.indices, minlength=len(interactions.item_ids))
        share = (listeners / len(interactions.listener_ids)).astype(np.float32)
        self._fitted = PopularityParameters(interactions.listener_ids, interactions.item_ids, share)

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        return np.tile(self._parameters.popularity, (len(listener_rows), 1))

    def save(self, path: Path) -> None:
        learnt = self._parameters
        ids = {"listener_ids": learnt.listener_ids, "item_ids": learnt.item_ids}
        numbers = {"popularity": learnt.popularity}
        write_model(path, ModelFile(kind=self.KIND, library=f"numpy {np.__version__}", ids=ids, numbers=numbers))

    @classmethod
    def load(cls, path: Path) -> Self:
        file = read_model(path, cls.KIND)
        model = cls()
        try:
            model._fitted = PopularityParameters(
                listener_ids=file.ids["listener_ids"],
                item_ids=file.ids["item_ids"],
                popularity=file.numbers["popularity"],
            )
        except (KeyError, ValueError) as error:
            raise ModelFileError(f"{path} is damaged: {error}") from error
        return model
