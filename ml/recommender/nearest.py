"""The nearest of many vectors by cosine, exact, in bounded memory.

Products are made in tiles that stay in the processor's cache, of which only the best of each small group is kept; the
groups that may hold one of the nearest are looked into once more. What nearness means, and who may stand beside whom,
is decided in neighbours.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.errors import InconsistentInputError
from ml.recommender.protocol import Float32
from ml.recommender.ranking import TopItems

QUERIES_AT_A_TIME = 256
GROUP = 16
"""Vectors of which the best stands for all in the first pass."""
TILE_GROUPS = 256
"""4,096 vectors: 4 MB of products with 256 queries."""
GROUPS_TO_GATHER = 1_600
"""Groups that are looked into together, of several queries where few are wanted; 7 MB at 64 dimensions."""
PLACES = 1 << 32
"""More than there are vectors."""


@dataclass(frozen=True)
class Embeddings:
    """What a model has learnt of its items, for example the item embeddings of a hybrid."""

    ids: NDArray[np.str_]
    """Sorted, each once."""
    vectors: Float32
    """Shape (ids, dimensions); an item of which nothing is known may have zeros."""

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.ids):
            raise InconsistentInputError(f"{len(self.ids)} items cannot have embeddings of shape {self.vectors.shape}")
        if (self.ids[1:] <= self.ids[:-1]).any():
            raise InconsistentInputError("the items of embeddings must be sorted and different")
        if not np.isfinite(self.vectors).all():
            raise InconsistentInputError("embeddings must be finite numbers")

    @property
    def units(self) -> Float32:
        """The vectors scaled to a length of 1."""
        return unit_rows(self.vectors)


def unit_rows(vectors: Float32) -> Float32:
    """Each row scaled to a length of 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


class Nearest:
    """Vectors among which is searched, laid out for it."""

    def __init__(self, vectors: Float32) -> None:
        """`vectors` have a length of 1, shape (vectors, dimensions)."""
        self._count, dimensions = vectors.shape
        groups = -(-max(self._count, 1) // GROUP)
        groups += -groups % min(TILE_GROUPS, groups)
        self._tile = min(TILE_GROUPS, groups)
        padded = np.zeros((groups * GROUP, dimensions), dtype=np.float32)
        padded[: self._count] = vectors
        self._groups = padded.reshape(groups, GROUP, dimensions)

    def of(self, queries: Float32, depth: int) -> tuple[TopItems, Float32]:
        """The `depth` nearest of each query with their cosines; equal cosines stand in the order of the vectors.

        Cosines are rounded to six digits before they are compared: more than these float32 does not hold.
        """
        depth = min(depth, self._count)
        if depth == 0 or len(queries) == 0:
            none = np.zeros(0, dtype=np.int64)
            return TopItems(none, none, none), np.zeros(0, dtype=np.float32)
        items = np.empty((len(queries), depth), dtype=np.int64)
        cosines = np.empty((len(queries), depth), dtype=np.float32)
        for begin in range(0, len(queries), QUERIES_AT_A_TIME):
            batch = queries[begin : begin + QUERIES_AT_A_TIME]
            best = self._best_of_groups(batch)
            count = min(depth, best.shape[1])
            groups = np.argpartition(best, best.shape[1] - count, axis=1)[:, -count:]
            together = max(1, GROUPS_TO_GATHER // count)
            for inner in range(0, len(batch), together):
                chosen = slice(inner, inner + together)
                place = slice(begin + inner, begin + min(inner + together, len(batch)))
                items[place], cosines[place] = self._look_into(batch[chosen], groups[chosen], depth)
        rows = np.repeat(np.arange(len(queries)), depth)
        return TopItems(rows, items.ravel(), np.tile(np.arange(depth), len(queries))), cosines.ravel()

    def _best_of_groups(self, queries: Float32) -> Float32:
        """The best cosine within each group, shape (queries, groups).

        The `depth` best groups hold the `depth` nearest: each has one at least as near as any in the other groups.
        """
        groups = len(self._groups)
        best = np.empty((len(queries), groups), dtype=np.float32)
        for begin in range(0, groups, self._tile):
            # Members first, so that the maximum runs over whole rows.
            tile = self._groups[begin : begin + self._tile].transpose(1, 0, 2).reshape(-1, queries.shape[1])
            products = (queries @ tile.T).reshape(len(queries), GROUP, -1)
            products.max(axis=1, out=best[:, begin : begin + self._tile])
        return best

    def _look_into(
        self, queries: Float32, groups: NDArray[np.intp], depth: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Vectors and cosines of the nearest in the groups, shape (queries, depth)."""
        members = self._groups[groups].reshape(len(queries), -1, queries.shape[1])
        millionths = np.rint(np.matmul(members, queries[:, :, None])[:, :, 0] * 1e6).astype(np.int64)
        item = (groups[:, :, None] * GROUP + np.arange(GROUP)).reshape(len(queries), -1)
        # One number holds the cosine and, for equal cosines, the place: choosing numbers is faster than sorting pairs.
        key = np.where(item < self._count, -millionths * PLACES + item, np.iinfo(np.int64).max)
        nearest = np.sort(np.partition(key, depth - 1, axis=1)[:, :depth], axis=1)
        return nearest % PLACES, (-(nearest // PLACES) / 1e6).astype(np.float32)
