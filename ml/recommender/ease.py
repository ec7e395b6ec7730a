"""EASE: the best item-to-item weights in closed form, with the features of items as further rows where that is wanted.

Steck 2019, arXiv 1905.03375. Written by rows instead of items (the Woodbury identity), so its cost is the third
power of listeners and features together: right for thousands, not for more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from ml.errors import InconsistentInputError
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.model_file import ModelFile
from ml.recommender.protocol import Float32, LearningCandidate, Scorer, check_shapes
from ml.recommender.sparse_rows import shape_of

MOST_ROWS = 12_000
"""Listeners and features together; their matrix takes 1.2 GB, and its inverse minutes."""
COLUMNS_AT_A_TIME = 2_000


@dataclass(frozen=True)
class EaseSettings:
    regularisation: float = 3_000.0
    feature_times: float = 0.0
    """The weight of the features of items as further rows; 0 for none."""


@dataclass(frozen=True)
class EaseParameters:
    """Scores of a listener: own row of `rows`, less `inverse` @ `rows` over `precision`."""

    listener_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    rows: sparse.csr_matrix
    """Shape (listeners + features, items)."""
    inverse: Float32
    """Shape (listeners, listeners + features): of the Gram matrix of the rows, regularised, those of the listeners."""
    precision: Float32
    """Shape (items,)."""

    def __post_init__(self) -> None:
        listeners, items = len(self.listener_ids), len(self.item_ids)
        count = shape_of(self.rows)[0]
        check_shapes(self, {"rows": (count, items), "inverse": (listeners, count), "precision": (items,)})


class Ease(LearningCandidate[EaseParameters]):
    """What the other items of a listener say of an item, without the item itself."""

    KIND = "ease"

    def __init__(self, settings: EaseSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or EaseSettings()

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:
        parts = [interactions.weights]
        if self.settings.feature_times:
            parts.append(sparse.csr_matrix(self.settings.feature_times * features.named.T))
        rows = sparse.csr_matrix(sparse.vstack(parts), dtype=np.float64)
        if (count := shape_of(rows)[0]) > MOST_ROWS:
            raise InconsistentInputError(
                f"EASE takes up to {MOST_ROWS} listeners and features together, these are {count}"
            )
        inverse = _regularised_inverse(rows, self.settings.regularisation)
        self._fitted = EaseParameters(
            listener_ids=interactions.listener_ids,
            item_ids=interactions.item_ids,
            rows=sparse.csr_matrix(rows, dtype=np.float32),
            inverse=inverse[: len(interactions.listener_ids)].astype(np.float32),
            precision=_precision(rows, inverse, self.settings.regularisation),
        )

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        return _scores(self._parameters.rows, self._parameters.inverse, self._parameters.precision, listener_rows)

    def scorer_of(self, items: NDArray[np.intp]) -> Scorer:
        learnt = self._parameters
        rows, precision = sparse.csr_matrix(learnt.rows[:, items]), learnt.precision[items]
        return lambda listener_rows: _scores(rows, learnt.inverse, precision, listener_rows)

    def to_file(self) -> ModelFile:
        learnt = self._parameters
        return ModelFile(
            kind=self.KIND,
            library=f"numpy {np.__version__}",
            ids={"listener_ids": learnt.listener_ids, "item_ids": learnt.item_ids},
            numbers={"inverse": learnt.inverse, "precision": learnt.precision},
            matrices={"rows": learnt.rows},
        )

    @classmethod
    def from_file(cls, file: ModelFile) -> Self:
        model = cls()
        model._fitted = EaseParameters(
            listener_ids=file.ids["listener_ids"],
            item_ids=file.ids["item_ids"],
            rows=file.matrices["rows"],
            inverse=file.numbers["inverse"],
            precision=file.numbers["precision"],
        )
        return model


def _scores(rows: sparse.csr_matrix, inverse: Float32, precision: Float32, listener_rows: NDArray[np.intp]) -> Float32:
    # The product of dense and sparse is fast this way round only.
    smoothed = np.asarray((rows.T @ inverse[listener_rows].T).T, order="C")
    smoothed /= -precision
    own = rows[listener_rows].tocoo()
    smoothed[own.row, own.col] += own.data
    return smoothed


def _regularised_inverse(rows: sparse.csr_matrix, regularisation: float) -> NDArray[np.float64]:
    gram = (rows @ rows.T).toarray()
    gram[np.diag_indices_from(gram)] += regularisation
    lower = linalg.cholesky(gram, lower=True, overwrite_a=True, check_finite=False)
    return linalg.cho_solve((lower, True), np.eye(len(gram)), overwrite_b=True, check_finite=False)


def _precision(rows: sparse.csr_matrix, inverse: NDArray[np.float64], regularisation: float) -> Float32:
    """The diagonal of the inverse of the regularised item-by-item matrix, shape (items,)."""
    columns = sparse.csc_matrix(rows)
    items = shape_of(rows)[1]
    explained = np.zeros(items)
    for begin in range(0, items, COLUMNS_AT_A_TIME):
        part = columns[:, begin : begin + COLUMNS_AT_A_TIME]
        smoothed = (part.T @ inverse).T
        explained[begin : begin + COLUMNS_AT_A_TIME] = np.asarray(part.multiply(smoothed).sum(axis=0)).ravel()
    return np.asarray((1.0 - explained) / regularisation, dtype=np.float32)
