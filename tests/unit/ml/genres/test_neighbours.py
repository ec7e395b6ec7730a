from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import InconsistentInputError
from ml.genres import neighbours
from ml.genres.neighbours import context_scores
from tests.unit.ml.genres import graphs


def test_one_listener_is_told_exactly() -> None:
    # Two artists of jazz and one of metal; the fourth is unknown and heard by all of their listener.
    labels = graphs.labels({0: "jazz", 1: "jazz", 2: "metal"}, 4).weights
    scores = context_scores(sp.csr_matrix(np.ones((4, 1))), labels, doubt=1.0)
    prior = np.array([2.5, 1.5]) / 4
    told = (np.array([2, 1]) + prior) / 4
    assert scores.lift[3] == pytest.approx(np.log(told / prior), abs=1e-6)
    assert scores.known_weight[3] == pytest.approx(3)
    # The first hears of the two others only.
    assert scores.lift[0] == pytest.approx(np.log((np.array([1, 1]) + prior) / 3 / prior), abs=1e-6)


def test_an_artist_without_contexts_is_told_nothing() -> None:
    heard = np.vstack([graphs.communities(), np.zeros((1, 24))])
    scores = context_scores(graphs.matrix(heard), graphs.labels(graphs.two_thirds(), 25).weights)
    assert not scores.share[-1].any()
    assert not scores.lift[-1].any()
    assert scores.known_weight[-1] == 0


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    heard, labels = graphs.matrix(graphs.communities()), graphs.labels(graphs.two_thirds()).weights
    whole = context_scores(heard, labels)
    monkeypatch.setattr(neighbours, "BLOCK_ENTRIES", 7)
    parts = context_scores(heard, labels)
    assert np.array_equal(whole.share, parts.share)
    assert np.array_equal(whole.lift, parts.lift)


@given(st.integers(0, 2**32 - 1))
def test_every_artist_hears_the_others_of_its_listeners_and_never_itself(seed: int) -> None:
    chance = np.random.default_rng(seed)
    heard = (chance.random((12, 8)) < 0.4).astype(np.float64)
    labels = np.eye(3)[chance.integers(0, 3, 12)]
    labels[chance.random(12) < 0.3] = 0
    scores = context_scores(sp.csr_matrix(heard), labels, doubt=2.0)
    prior = (labels.sum(axis=0) + 0.5) / (labels.sum() + 1.5)
    speaks = np.maximum(heard.sum(axis=1), 1) ** -0.5
    average = speaks[labels.any(axis=1)].mean() if labels.any() else 1.0
    for artist in np.flatnonzero(heard.any(axis=1)):
        others = np.delete(np.arange(12), artist)
        listeners = np.flatnonzero(heard[artist])
        told = np.stack(
            [(labels * (speaks * heard[:, listener])[:, None])[others].sum(axis=0) for listener in listeners]
        )
        share = (told + 2 * average * prior) / (told.sum(axis=1, keepdims=True) + 2 * average)
        assert scores.share[artist] == pytest.approx(np.log(share.mean(axis=0) / prior), abs=1e-4)
        expected = np.log(share / prior).sum(axis=0) / np.sqrt(len(listeners))
        assert scores.lift[artist] == pytest.approx(expected, abs=1e-4)


def test_labels_of_other_artists_are_refused() -> None:
    with pytest.raises(InconsistentInputError, match="24 artists have contexts and 3 have labels"):
        context_scores(graphs.matrix(graphs.communities()), graphs.labels({}, 3).weights)
