from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from ml.recommender.feature_sets import FeatureSet, heaviest_of_rows, hybrid_features
from ml.recommender.features import FeatureMatrix
from ml.recommender.sparse_rows import bm25, normalise_rows, tf_idf

seeds = st.integers(0, 2**32 - 1)


def some(seed: int, rows: int = 6, columns: int = 5) -> sparse.csr_matrix:
    rng = np.random.default_rng(seed)
    return sparse.csr_matrix(np.ceil(5 * rng.random((rows, columns))) * (rng.random((rows, columns)) < 0.5))


def features(seed: int) -> FeatureMatrix:
    ids, names = np.array([f"t{n}" for n in range(6)]), np.array([f"f{n}" for n in range(5)])
    return FeatureMatrix(ids, names, np.array([0, 2, 3]), some(seed))


@given(
    seed=seeds,
    power=st.sampled_from([0.0, 0.25, 1.0]),
    times=st.sampled_from([0.5, 1.0, 2.0]),
    identity=st.sampled_from([0.0, 0.25, 1.0]),
)
def test_the_sum_of_what_is_named_is_raised_to_the_power(
    seed: int, power: float, times: float, identity: float
) -> None:
    raw = features(seed)
    found = hybrid_features(raw, FeatureSet(row_sum_power=power, times=times, identity=identity))
    sums = raw.named.toarray().sum(axis=1)
    expected = times * np.where(sums > 0, np.where(sums > 0, sums, 1) ** power, 0) + identity * ~raw.unseen_items
    np.testing.assert_allclose(found.toarray().sum(axis=1), expected, rtol=1e-5)
    assert found.dtype == np.float32


@given(seed=seeds, count=st.integers(0, 6))
def test_the_heaviest_of_a_row_are_no_lighter_than_those_left_out(seed: int, count: int) -> None:
    matrix = some(seed)
    kept = heaviest_of_rows(matrix, count).toarray()
    dense = matrix.toarray()
    assert ((kept == dense) | (kept == 0)).all()
    for row, chosen in zip(dense, kept, strict=True):
        assert (chosen > 0).sum() == min(count, (row > 0).sum())
        assert sorted(row, reverse=True)[: (chosen > 0).sum()] == sorted(chosen[chosen > 0], reverse=True)


def test_without_named_features_an_item_is_itself_and_an_unseen_one_nothing() -> None:
    found = hybrid_features(features(1), FeatureSet(heaviest=0)).toarray()
    assert found[[0, 2, 3], [0, 1, 2]].tolist() == [1.0, 1.0, 1.0]
    assert found.sum() == 3.0


@given(seed=seeds)
def test_rows_have_length_one_or_stay_empty(seed: int) -> None:
    matrix = some(seed)
    lengths = np.linalg.norm(normalise_rows(matrix).toarray(), axis=1)
    np.testing.assert_allclose(lengths, np.diff(matrix.indptr) > 0, atol=1e-12)


def test_what_stands_in_every_row_says_nothing() -> None:
    matrix = sparse.csr_matrix([[3.0, 1.0], [1.0, 0.0]])
    assert tf_idf(matrix).toarray()[:, 0].tolist() == [0.0, 0.0]
    np.testing.assert_allclose(tf_idf(matrix).toarray()[0, 1], np.log(2) * np.log(2))


def test_bm25_saturates_and_counts_less_in_long_rows() -> None:
    matrix = sparse.csr_matrix([[1.0, 0.0, 0.0], [100.0, 0.0, 0.0], [1.0, 50.0, 0.0], [0.0, 0.0, 1.0]])
    found = bm25(matrix, k1=1.2, b=0.5).toarray()
    assert found[1, 0] < 2.2 * np.log(4 / 3)
    assert found[2, 0] < found[0, 0] < found[1, 0]
