"""Peers from the package `implicit`, which the project itself does not need."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import NotFittedError
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.model_file import ModelFile
from ml.recommender.protocol import Float32, StoredCandidate


class ImplicitFactors(StoredCandidate):
    """Alternating least squares or Bayesian personalised ranking, by `implicit`."""

    KIND = "implicit"

    def __init__(self, kind: Literal["als", "bpr"], *, counts: Literal["log", "raw"] = "log", **settings: Any) -> None:  # noqa: ANN401
        self.kind = kind
        self.counts = counts
        self.settings = settings
        self._ids: tuple[NDArray[np.str_], NDArray[np.str_]] | None = None
        self._listeners = self._items = np.zeros((0, 0), dtype=np.float32)

    @property
    def listener_ids(self) -> NDArray[np.str_]:
        return self._fitted_ids[0]

    @property
    def item_ids(self) -> NDArray[np.str_]:
        return self._fitted_ids[1]

    @property
    def _fitted_ids(self) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        if self._ids is None:
            raise NotFittedError(f"implicit {self.kind} has not been fitted")
        return self._ids

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:  # noqa: ARG002 - protocol
        from implicit.cpu.als import AlternatingLeastSquares  # noqa: PLC0415
        from implicit.cpu.bpr import BayesianPersonalizedRanking  # noqa: PLC0415

        kinds = {"als": AlternatingLeastSquares, "bpr": BayesianPersonalizedRanking}
        model = kinds[self.kind](random_state=42, num_threads=1, **self.settings)
        weights = sparse.csr_matrix(interactions.weights, dtype=np.float32, copy=True)
        if self.counts == "raw":
            weights.data = np.expm1(weights.data)
        model.fit(weights, show_progress=False)
        self._listeners = np.asarray(model.user_factors, dtype=np.float32)
        self._items = np.asarray(model.item_factors, dtype=np.float32)
        self._ids = (interactions.listener_ids, interactions.item_ids)

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        return self._listeners[listener_rows] @ self._items.T

    def to_file(self) -> ModelFile:
        ids = {"listener_ids": self.listener_ids, "item_ids": self.item_ids}
        return ModelFile(
            f"{self.KIND}_{self.kind}", "implicit", ids, {"listeners": self._listeners, "items": self._items}
        )

    @classmethod
    def from_file(cls, file: ModelFile) -> Self:
        model = cls("als" if file.kind.endswith("als") else "bpr")
        model._ids = (file.ids["listener_ids"], file.ids["item_ids"])
        model._listeners, model._items = file.numbers["listeners"], file.numbers["items"]
        return model
