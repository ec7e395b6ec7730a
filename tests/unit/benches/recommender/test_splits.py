"""What is held out stays held out: nothing of it reaches what a model learns from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from benches.processes import BenchError
from benches.recommender.splits import (
    cold_task,
    in_full_catalogue,
    split,
    tag_features,
    validation_task,
    warm_task,
)
from benches.recommender.world import World, invented, read_hetrec


@pytest.fixture(scope="module")
def world() -> World:
    return invented(items=300, listeners=80, edges=2_500)


def cells(matrix: sparse.csr_matrix) -> set[tuple[int, int]]:
    rows, columns = matrix.nonzero()
    return set(zip(rows.tolist(), columns.tolist(), strict=True))


def test_a_fifth_of_each_listener_is_held_out_and_few_keep_all(world: World) -> None:
    train, held = split(world.counts, 42)
    assert cells(train).isdisjoint(cells(held))
    assert cells(train) | cells(held) == cells(world.counts)
    known = np.diff(world.counts.indptr)
    expected = [max(1, round(0.2 * count)) if count >= 5 else 0 for count in known.tolist()]
    assert np.diff(held.indptr).tolist() == expected


def test_another_seed_is_another_split_and_the_same_the_same(world: World) -> None:
    assert cells(split(world.counts, 42)[1]) == cells(split(world.counts, 42)[1])
    assert cells(split(world.counts, 42)[1]) != cells(split(world.counts, 43)[1])


def test_what_a_validation_asks_for_is_of_the_training_part(world: World) -> None:
    train, held = split(world.counts, 42)
    task = validation_task(world, 42)
    assert cells(task.relevant) <= cells(train)
    assert cells(task.interactions.weights) <= cells(train)
    assert cells(task.interactions.weights).isdisjoint(cells(task.relevant) | cells(held))


def hand_made() -> World:
    """Ten listeners who all play ten artists; nine of them gave one tag to the first six, and one of them another."""
    ids = np.array([f"{number:02d}" for number in range(10)])
    tagger, tagged = (values.ravel() for values in np.meshgrid(np.arange(10), np.arange(6)))
    tag = np.where(tagger == 0, 8, 7)
    return World("hand-made", ids, ids, sparse.csr_matrix(np.ones((10, 10))), tagger, tagged, tag)


def test_a_tag_that_few_gave_is_left_out() -> None:
    features = tag_features(hand_made(), None, np.ones(10, dtype=bool))
    assert features.feature_names.tolist() == ["tag:7", "any:artist"]
    assert (features.named[:, [0]].toarray().ravel() > 0).tolist() == [True] * 6 + [False] * 4


def test_what_a_listener_said_of_an_artist_held_out_for_them_is_not_known() -> None:
    everybody, fourth = np.arange(10), np.full(10, 3)
    held = sparse.csr_matrix((np.ones(10), (everybody, fourth)), shape=(10, 10))
    features = tag_features(hand_made(), held, np.ones(10, dtype=bool))
    assert np.flatnonzero(features.named[:, [0]].toarray().ravel()).tolist() == [0, 1, 2, 4, 5]


def test_nobody_plays_a_cold_artist_and_its_listeners_tags_may_be_hidden(world: World) -> None:
    everything, of_others = cold_task(world, 42, "all"), cold_task(world, 42, "of others")
    cold = np.flatnonzero(everything.asked)
    assert len(cold) > 10
    assert (everything.asked == of_others.asked).all()
    assert not everything.interactions.seen_items[cold].any()
    assert set(everything.relevant.indices) <= set(cold.tolist())
    assert cells(everything.relevant) == {cell for cell in cells(world.counts) if cell[1] in set(cold.tolist())}
    # In the invented world only listeners of an artist tag it.
    assert np.diff(everything.features.named.indptr)[cold].min() > 1
    assert np.diff(of_others.features.named.indptr)[cold].max() == 1
    assert in_full_catalogue(everything).asked.all()


def test_no_artist_is_without_any_feature(world: World) -> None:
    assert np.diff(warm_task(world, 42).features.named.indptr).min() >= 1


def test_weights_are_the_logarithm_of_counts(world: World) -> None:
    weights = warm_task(world, 42).interactions.weights
    train, _ = split(world.counts, 42)
    np.testing.assert_allclose(weights.data, np.log1p(train.data), rtol=1e-6)


def test_a_file_that_is_no_data_set_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hetrec2011_lastfm_2k.zip"
    path.write_bytes(b"nothing")
    with pytest.raises(BenchError, match=r"is no HetRec Last\.fm-2K"):
        read_hetrec(path)
