"""Item neighbours: what is played by the same listeners as what a listener plays. Scales to catalogues of any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommender.feature_sets import scale_rows
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.model_file import ModelFile
from ml.recommender.protocol import Float32, LearningCandidate, Scorer, check_shapes
from ml.recommender.sparse_rows import bm25, normalise_rows, shape_of, tf_idf

LIKENESSES_AT_A_TIME = 10_000_000
"""Likenesses that are held, at most, before the nearest of their items are chosen: 120 MB."""


@dataclass(frozen=True)
class ItemKnnSettings:
    weighting: Literal["cosine", "tf-idf", "bm25", "walk"] = "cosine"
    neighbours: int = 500
    k1: float = 1.2
    b: float = 0.2
    popularity_power: float = 0.5
    """Of walks: by what power of its popularity an item is held back."""


@dataclass(frozen=True)
class ItemKnnParameters:
    listener_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    weights: sparse.csr_matrix
    """Shape (listeners, items)."""
    likeness: sparse.csr_matrix
    """Shape (items, items): of each item its nearest, itself included."""

    def __post_init__(self) -> None:
        items = len(self.item_ids)
        check_shapes(self, {"weights": (len(self.listener_ids), items), "likeness": (items, items)})


class ItemKnn(LearningCandidate[ItemKnnParameters]):
    """The sum of likenesses to what the listener plays, each times its weight."""

    KIND = "item_knn"

    def __init__(self, settings: ItemKnnSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or ItemKnnSettings()

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:  # noqa: ARG002 - protocol
        rows, columns = self._sides(sparse.csr_matrix(interactions.weights.T, dtype=np.float64))
        parts = [_nearest(rows[block] @ columns, self.settings.neighbours) for block in _blocks(rows, columns)]
        likeness = sparse.csr_matrix(sparse.vstack(parts), dtype=np.float32)
        self._fitted = ItemKnnParameters(
            interactions.listener_ids, interactions.item_ids, interactions.weights, likeness
        )

    def _sides(self, items: sparse.csr_matrix) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """Two matrices, items by listeners and listeners by items, whose product is the likeness."""
        match self.settings.weighting:
            case "walk":
                return self._walk(items)
            case "bm25":
                rows = bm25(items, self.settings.k1, self.settings.b)
            case "tf-idf":
                rows = normalise_rows(tf_idf(items))
            case "cosine":
                rows = normalise_rows(items)
        return rows, sparse.csr_matrix(rows.T)

    def _walk(self, items: sparse.csr_matrix) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """Chances of a walk from item to listener and on to an item: RP3beta, Paudel and others 2017."""
        popularity = np.maximum(np.diff(items.indptr), 1) ** self.settings.popularity_power
        onward = scale_rows(sparse.csr_matrix(items.T), 0.0) @ sparse.diags(1.0 / popularity)
        return scale_rows(items, 0.0), sparse.csr_matrix(onward)

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        learnt = self._parameters
        return _scores(learnt.weights, learnt.likeness, listener_rows)

    def scorer_of(self, items: NDArray[np.intp]) -> Scorer:
        learnt = self._parameters
        likeness = sparse.csr_matrix(learnt.likeness[:, items])
        return lambda listener_rows: _scores(learnt.weights, likeness, listener_rows)

    def to_file(self) -> ModelFile:
        learnt = self._parameters
        return ModelFile(
            kind=self.KIND,
            library=f"numpy {np.__version__}",
            ids={"listener_ids": learnt.listener_ids, "item_ids": learnt.item_ids},
            numbers={},
            matrices={"weights": learnt.weights, "likeness": learnt.likeness},
        )

    @classmethod
    def from_file(cls, file: ModelFile) -> Self:
        model = cls()
        model._fitted = ItemKnnParameters(
            file.ids["listener_ids"], file.ids["item_ids"], file.matrices["weights"], file.matrices["likeness"]
        )
        return model


def _scores(weights: sparse.csr_matrix, likeness: sparse.csr_matrix, listener_rows: NDArray[np.intp]) -> Float32:
    return np.asarray((weights[listener_rows] @ likeness).toarray(), dtype=np.float32)


def _blocks(rows: sparse.csr_matrix, columns: sparse.csr_matrix) -> Iterator[slice]:
    """Runs of rows whose products with the columns have few enough entries together; a run has at least one row."""
    (count, listeners), items = shape_of(rows), shape_of(columns)[1]
    pattern = sparse.csr_matrix((np.ones(rows.nnz), rows.indices, rows.indptr), shape=(count, listeners))
    entries = np.cumsum(np.minimum(pattern @ np.diff(columns.indptr).astype(np.float64), items))
    begin = 0
    while begin < count:
        done = entries[begin - 1] if begin else 0.0
        end = max(int(np.searchsorted(entries, done + LIKENESSES_AT_A_TIME, side="right")), begin + 1)
        yield slice(begin, end)
        begin = end


def _nearest(likeness: sparse.csr_matrix, neighbours: int) -> sparse.csr_matrix:
    """The largest entries of each row, ties in the order of the columns, as float32."""
    likeness = sparse.csr_matrix(likeness)
    likeness.sort_indices()
    kept = np.ones(likeness.nnz, dtype=bool)
    lengths = np.diff(likeness.indptr)
    for row in np.flatnonzero(lengths > neighbours):
        values = likeness.data[likeness.indptr[row] : likeness.indptr[row + 1]]
        least = np.partition(values, len(values) - neighbours)[len(values) - neighbours]
        chosen = values > least
        chosen[np.flatnonzero(values == least)[: neighbours - int(chosen.sum())]] = True
        kept[likeness.indptr[row] : likeness.indptr[row + 1]] = chosen
    begins = np.concatenate([[0], np.cumsum(np.minimum(lengths, neighbours))])
    data = likeness.data[kept].astype(np.float32)
    return sparse.csr_matrix((data, likeness.indices[kept], begins), shape=likeness.get_shape())
