"""What the company an artist keeps says of its family: listeners, playlists, or pieces of names that artists share.

A context (a listener, a playlist, a word of a name) speaks through the artists in it whose family is known; an artist
hears all of its contexts but never itself in them, so that an artist whose family is known is judged exactly as one
whose family is not. What becomes of these scores is in combining.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml.errors import InconsistentInputError

Floats = NDArray[np.float32]
BLOCK_ENTRIES = 500_000
"""Entries of the matrix that are looked at together: about 50 MB an array at 25 families."""


@dataclass(frozen=True)
class ContextScores:
    """One row per artist, one column per family; zero everywhere means that nothing is known."""

    share: Floats
    """Log of the family's share among the known artists of the contexts, over its share among all known artists."""
    lift: Floats
    """The same log for each context by itself, added up and divided by the root of their weight."""
    known_weight: Floats
    """How much known company stands behind a row."""


def context_scores(
    contexts: sp.csr_matrix, labels: NDArray[np.float64], *, discount: float = 0.5, doubt: float = 1.0
) -> ContextScores:
    """What the contexts of each artist say of its family.

    Args:
        contexts: artists by contexts; counts count as one each: a song on repeat is no better evidence of a genre.
        labels: artists by families, each row a distribution, or zeros where nothing is known.
        discount: an artist of n contexts weighs n ** -discount in each of them: what everybody hears says little.
        doubt: weight of the prior in a context, in artists of average weight.

    Raises:
        InconsistentInputError: the two do not speak of the same artists.
    """
    starts = np.asarray(contexts.indptr, dtype=np.int64)
    if len(starts) - 1 != len(labels):
        raise InconsistentInputError(f"{len(starts) - 1} artists have contexts and {len(labels)} have labels")
    matrix = sp.csr_matrix((np.ones(contexts.nnz, np.float32), contexts.indices, contexts.indptr), contexts.shape)
    degree = np.maximum(np.diff(starts), 1)
    speaks = (degree**-discount).astype(np.float32)
    is_known: NDArray[np.bool_] = np.asarray(labels.any(axis=1))
    known = (labels * speaks[:, None]).astype(np.float32)
    prior = known_prior(labels).astype(np.float32)
    by_family = (matrix.T @ known).astype(np.float32)
    weight = by_family.sum(axis=1)
    pseudo = np.float32(doubt * (float(speaks[is_known].mean()) if is_known.any() else 1.0))
    count, families = labels.shape
    share, lift = np.zeros((count, families), np.float32), np.zeros((count, families), np.float32)
    known_weight = np.zeros(count, np.float32)
    for low, high in _blocks(starts):
        rows = np.repeat(np.arange(low, high), np.diff(starts[low : high + 1]))
        if not len(rows):
            continue
        columns = np.asarray(matrix.indices)[starts[low] : starts[high]]
        others = by_family[columns] - known[rows]
        total = weight[columns] - np.where(is_known[rows], speaks[rows], 0)
        np.maximum(others, 0, out=others)
        np.maximum(total, 0, out=total)
        smoothed = (others + pseudo * prior) / (total + pseudo)[:, None]
        sums = sp.csr_matrix(
            (np.ones(len(rows), np.float32), (rows - low, np.arange(len(rows)))), (high - low, len(rows))
        )
        size = degree[low:high].astype(np.float32)[:, None]
        mean = (sums @ smoothed) / size
        share[low:high] = np.log(np.where(mean > 0, mean, prior) / prior)
        lift[low:high] = (sums @ np.log(smoothed / prior)) / np.sqrt(size)
        known_weight[low:high] = sums @ total
    return ContextScores(share, lift, known_weight)


def known_prior(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each family among the artists whose family is known; never zero."""
    totals = labels.sum(axis=0) + 0.5
    return totals / totals.sum()


def _blocks(starts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Ranges of rows that together hold about BLOCK_ENTRIES entries."""
    ends = np.searchsorted(starts, np.arange(BLOCK_ENTRIES, int(starts[-1]) + BLOCK_ENTRIES, BLOCK_ENTRIES))
    edges = np.unique(np.concatenate([[0], np.minimum(ends, len(starts) - 1), [len(starts) - 1]]))
    return [(low, high) for low, high in pairwise(edges.tolist())]


def row_count(matrix: sp.csr_matrix | NDArray[np.float64]) -> int:
    return len(matrix) if isinstance(matrix, np.ndarray) else len(matrix.indptr) - 1
