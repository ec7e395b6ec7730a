"""A list read from what is kept with a model is the one that the model would make."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import ModelFileError, NotFittedError
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import StoredCandidate
from ml.recommender.rank_fusion import RankFusion
from ml.recommender.ranking import TopItems
from ml.recommender.shortlist import from_shortlists, shortlists
from tests.unit.ml.recommender.samples import matrices, two_camps


def as_matrix(cells: NDArray[np.bool_]) -> sparse.csr_matrix:
    return sparse.csr_matrix(cells.astype(np.float32))


def plain(scores: NDArray[np.float32], known: NDArray[np.bool_], count: int) -> list[list[int]]:
    """Every row sorted whole."""
    lists: list[list[int]] = []
    for row, is_known in zip(scores, known, strict=True):
        order = np.argsort(-row, kind="stable")
        lists.append(order[~is_known[order]][:count].tolist())
    return lists


def as_lists(top: TopItems, rows: int) -> list[list[int]]:
    assert top.ranks.tolist() == [rank for row in range(rows) for rank in range(int((top.rows == row).sum()))]
    return [top.items[top.rows == row].tolist() for row in range(rows)]


@given(
    listeners=st.integers(1, 4),
    items=st.integers(1, 30),
    length=st.integers(1, 12),
    count=st.integers(1, 12),
    share=st.sampled_from([0.0, 0.2, 0.6]),
    seed=st.integers(0, 2**32 - 1),
)
def test_what_a_shortlist_gives_is_the_whole_sort(  # noqa: PLR0917  # one for each thing that is drawn
    listeners: int, items: int, length: int, count: int, share: float, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    scores = chance.integers(0, 8, (listeners, items)).astype(np.float32)
    then = chance.random(scores.shape) < 0.3
    now = then | (chance.random(scores.shape) < share)
    kept = shortlists(lambda rows: scores[rows], as_matrix(then), length)
    rows = np.arange(listeners)[::-1]
    found = from_shortlists(kept, as_matrix(then), rows, count, as_matrix(now))
    expected = plain(scores[rows], now[rows], count)
    if found is None:
        # It says so only where a shortlist has been used up.
        best = plain(scores[rows], then[rows], length)
        left = [sum(not now[row, item] for item in each) for row, each in zip(rows, best, strict=True)]
        assert min(left) < count
    else:
        assert as_lists(found, listeners) == expected


def test_a_listener_who_knows_less_than_then_is_not_told_by_it() -> None:
    scores = np.array([[3.0, 2.0, 1.0]], dtype=np.float32)
    then = np.array([[True, False, False]])
    kept = shortlists(lambda rows: scores[rows], as_matrix(then), 2)
    assert from_shortlists(kept, as_matrix(then), np.array([0]), 1, as_matrix(np.zeros((1, 3), bool))) is None


@pytest.fixture(scope="module")
def fusion() -> RankFusion:
    plays, tracks, _ = two_camps()
    found = RankFusion({"popularity": Popularity()}, weights={"popularity": 1.0})
    found.fit(*matrices(plays, tracks))
    found.keep_shortlists()
    return found


def test_a_loaded_fusion_reads_its_lists_and_they_are_those_it_would_make(fusion: RankFusion, tmp_path: Path) -> None:
    plays, tracks, _ = two_camps()
    known = matrices(plays, tracks)[0].weights
    fusion.save(tmp_path / "model.npz")
    loaded = RankFusion.load(tmp_path / "model.npz")
    rows = np.array([7, 0, 31])
    expected = StoredCandidate.recommend(loaded, rows, 10, known)
    with patch.object(Popularity, "scores", side_effect=AssertionError("worked out anew")):
        found = loaded.recommend(rows, 10, known)
    assert found.rows.tolist() == expected.rows.tolist()
    assert found.items.tolist() == expected.items.tolist()


def test_without_saying_what_is_known_the_fusion_works_it_out(fusion: RankFusion) -> None:
    rows = np.array([4])
    assert fusion.recommend(rows, 10).items.tolist() == StoredCandidate.recommend(fusion, rows, 10).items.tolist()


def test_learning_anew_forgets_the_lists_of_before(fusion: RankFusion) -> None:
    plays, tracks, _ = two_camps()
    interactions, features = matrices(plays, tracks)
    again = RankFusion({"popularity": Popularity()}, weights={"popularity": 1.0})
    again.fit(interactions, features)
    again.keep_shortlists()
    again.fit(interactions, features)
    assert set(again.to_file().matrices) == {"known"}
    assert set(fusion.to_file().matrices) == {"known", "shortlists"}


def test_lists_of_another_shape_are_refused(fusion: RankFusion, tmp_path: Path) -> None:
    file = fusion.to_file()
    damaged = {**file.matrices, "shortlists": sparse.csr_matrix((1, 1), dtype=np.float32)}
    with pytest.raises(ValueError, match="shortlists has shape"):
        RankFusion.from_file(type(file)(file.kind, file.library, file.ids, file.numbers, damaged, file.members))
    with pytest.raises(ModelFileError, match="no model"):
        RankFusion.load(tmp_path / "absent.npz")


def test_nothing_is_kept_of_what_was_not_fitted() -> None:
    with pytest.raises(NotFittedError):
        RankFusion({"popularity": Popularity()}, weights={"popularity": 1.0}).keep_shortlists()
