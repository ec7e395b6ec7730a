"""How a hybrid sees the features of items: with or without their identity, all or the heaviest, and scaled how.

The scaling decides what a hybrid is good for. Rows normalised to a sum of 1 are best for items that are played, and
useless for those that nobody played; rows as they are are best for those. docs/recommender.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ml.recommender.features import FeatureMatrix
from ml.recommender.ranking import rank_within

NORMALISED, BETWEEN, AS_THEY_ARE = 0.0, 0.25, 1.0
"""Powers to which the sum of a row is raised."""


@dataclass(frozen=True)
class FeatureSet:
    """What an item is made of in a hybrid."""

    row_sum_power: float = BETWEEN
    """The named features of an item are scaled so that their sum is raised to this power."""
    heaviest: int | None = None
    """Of the named features of an item only so many, the heaviest; None for all."""
    times: float = 1.0
    """By what they are multiplied then."""
    identity: float = 1.0
    """The weight of the feature that stands for an item that was seen itself; 0 for none."""


IDENTITY = FeatureSet(heaviest=0)
"""No named feature: the hybrid is a plain matrix factorisation."""


def hybrid_features(features: FeatureMatrix, chosen: FeatureSet) -> sparse.csr_matrix:
    """float32, shape (items, identity columns + features): identity columns of the seen items, then the named ones."""
    items = len(features.item_ids)
    seen = features.identity_items if chosen.identity else np.zeros(0, dtype=np.intp)
    identity = sparse.csr_matrix(
        (np.full(len(seen), chosen.identity), (seen, np.arange(len(seen)))), shape=(items, len(seen))
    )
    named = features.named if chosen.heaviest is None else heaviest_of_rows(features.named, chosen.heaviest)
    scaled = chosen.times * scale_rows(named, chosen.row_sum_power)
    return sparse.csr_matrix(sparse.hstack([identity, scaled]), dtype=np.float32)


def scale_rows(matrix: sparse.csr_matrix, power: float) -> sparse.csr_matrix:
    """Each row scaled from its sum s to s ** power, as float32; empty rows stay empty."""
    sums = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
    scale = np.where(sums > 0, np.where(sums > 0, sums, 1.0) ** (power - 1.0), 0.0)
    return sparse.csr_matrix(sparse.diags(scale) @ matrix, dtype=np.float32)


def heaviest_of_rows(matrix: sparse.csr_matrix, count: int) -> sparse.csr_matrix:
    """The `count` largest entries of each row, ties in the order of the columns."""
    entries = sparse.csr_matrix(matrix).tocoo()
    weights = np.asarray(entries.data, dtype=np.float64)
    order = np.lexsort((entries.col, -weights, entries.row))
    kept = order[rank_within(entries.row[order].astype(np.int64)) < count]
    return sparse.csr_matrix((entries.data[kept], (entries.row[kept], entries.col[kept])), shape=matrix.shape)
