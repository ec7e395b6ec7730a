from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ml.recommender.ranking import TopItems, batches, limit_each, rank_within, top_items

scores_with_ties = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.sampled_from([-np.inf, 0.0, 0.5, 1.0])
)


@given(scores=scores_with_ties, count=st.integers(1, 12))
def test_top_items_equals_sorting_everything(scores: np.ndarray, count: int) -> None:
    top = top_items(scores, count)
    expected = [
        (row, item, rank)
        for row, of_row in enumerate(scores)
        for rank, item in enumerate(sorted(np.flatnonzero(np.isfinite(of_row)), key=lambda i: (-of_row[i], i))[:count])
    ]
    assert list(zip(top.rows, top.items, top.ranks, strict=True)) == expected


def test_no_listeners_have_no_lists() -> None:
    assert len(top_items(np.zeros((0, 5), dtype=np.float32), 3).rows) == 0


def test_artists_are_limited_in_the_order_of_rank() -> None:
    top = TopItems(np.array([0, 0, 0, 0, 1]), np.array([3, 1, 2, 0, 3]), np.array([0, 1, 2, 3, 0]))
    limited = limit_each(top, group=np.array([7, 7, 7, 5]), most=2)
    assert limited.items.tolist() == [3, 1, 2, 3]
    assert limited.ranks.tolist() == [0, 1, 2, 0]


def test_ranks_begin_anew_in_each_group() -> None:
    assert rank_within(np.array([4, 4, 4, 2, 9, 9])).tolist() == [0, 1, 2, 0, 0, 1]
    assert rank_within(np.array([], dtype=np.int64)).tolist() == []


@given(count=st.integers(0, 50), items=st.integers(1, 2_000_000))
def test_batches_hold_every_row_once_in_order(count: int, items: int) -> None:
    parts = list(batches(np.arange(count), items))
    assert [row for part in parts for row in part] == list(range(count))
    assert all(len(part) * items <= 4_000_000 or len(part) == 1 for part in parts)
