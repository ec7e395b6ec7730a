"""Weights of counts in sparse matrices, the usual ones of retrieval: rows of length 1, tf-idf, BM25."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def shape_of(matrix: sparse.csr_matrix) -> tuple[int, int]:
    """Rows and columns."""
    rows, columns = matrix.get_shape()
    return int(rows), int(columns)


def normalise_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Each row scaled to a length of 1, as float64; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros(len(lengths)), where=lengths > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ matrix)


def tf_idf(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows are documents: log(1 + count) times the logarithm of how rare a column is."""
    weighted = sparse.csr_matrix(counts, dtype=np.float64, copy=True)
    documents = np.bincount(weighted.indices, minlength=shape_of(weighted)[1])
    rarity = np.log(shape_of(weighted)[0] / np.maximum(documents, 1))
    weighted.data = np.log1p(weighted.data) * rarity[weighted.indices]
    return weighted


def bm25(counts: sparse.csr_matrix, k1: float, b: float) -> sparse.csr_matrix:
    """Rows are documents: counts that saturate, less for long documents, times how rare a column is."""
    weighted = sparse.csr_matrix(counts, dtype=np.float64, copy=True)
    lengths = np.asarray(weighted.sum(axis=1)).ravel()
    documents = np.bincount(weighted.indices, minlength=shape_of(weighted)[1])
    rarity = np.log(shape_of(weighted)[0] / np.maximum(documents, 1))
    norm = (1.0 - b) + b * lengths / max(float(lengths.mean()), np.finfo(np.float64).tiny)
    row = np.repeat(np.arange(shape_of(weighted)[0]), np.diff(weighted.indptr))
    saturated = weighted.data * (k1 + 1.0) / (k1 * norm[row] + weighted.data)
    weighted.data = saturated * rarity[weighted.indices]
    return weighted
