"""What every candidate does, and what sets each apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import InconsistentInputError, ModelFileError, NotFittedError
from ml.recommender import ease as ease_module
from ml.recommender import model_file
from ml.recommender.ease import Ease, EaseSettings
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.item_knn import ItemKnn, ItemKnnSettings
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.own_history import OwnHistory
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import Candidate, StoredCandidate
from ml.recommender.rank_fusion import FusionSettings, RankFusion
from tests.unit.ml.recommender.samples import matrices, play, plays_table, track, tracks_table, two_camps

QUICK = HybridSettings(components=8, epochs=10)


def candidates() -> dict[str, StoredCandidate]:
    return {
        "popularity": Popularity(),
        "own_history": OwnHistory(),
        "cosine": ItemKnn(ItemKnnSettings(neighbours=20)),
        "tf-idf": ItemKnn(ItemKnnSettings("tf-idf", 20)),
        "bm25": ItemKnn(ItemKnnSettings("bm25", 20)),
        "walk": ItemKnn(ItemKnnSettings("walk", 20)),
        "ease": Ease(EaseSettings(regularisation=10)),
        "ease_features": Ease(EaseSettings(regularisation=10, feature_times=0.5)),
        "hybrid": LightFMHybrid(QUICK),
        "fusion": RankFusion(
            {"ease": Ease(EaseSettings(regularisation=10)), "knn": ItemKnn(), "own": OwnHistory()},
            weights={"ease": 2.0, "knn": 1.0},
            unseen_weights={"own": 1.0},
        ),
    }


NAMES = list(candidates())


@pytest.fixture(scope="module")
def world() -> tuple[InteractionMatrix, FeatureMatrix]:
    plays, tracks, _ = two_camps()
    return matrices(plays, tracks)


@pytest.fixture(scope="module")
def fitted(world: tuple[InteractionMatrix, FeatureMatrix]) -> dict[str, StoredCandidate]:
    found = candidates()
    for candidate in found.values():
        candidate.fit(*world)
    return found


def all_scores(model: Candidate) -> NDArray[np.float32]:
    return model.scores(np.arange(len(model.listener_ids)))


def interactions_of(weights: NDArray[np.float64]) -> InteractionMatrix:
    listeners, items = weights.shape
    return InteractionMatrix(
        np.array([f"l{n:03d}" for n in range(listeners)]),
        np.array([f"t{n:03d}" for n in range(items)]),
        sparse.csr_matrix(weights, dtype=np.float32),
    )


def features_of(named: NDArray[np.float64], interactions: InteractionMatrix) -> FeatureMatrix:
    names = np.array([f"f{n}" for n in range(named.shape[1])])
    return FeatureMatrix(
        interactions.item_ids, names, np.flatnonzero(interactions.seen_items), sparse.csr_matrix(named)
    )


@pytest.mark.parametrize("name", NAMES)
def test_scores_are_finite_and_follow_the_rows_asked_for(name: str, fitted: dict[str, StoredCandidate]) -> None:
    model = fitted[name]
    scores = all_scores(model)
    assert scores.shape == (len(model.listener_ids), len(model.item_ids))
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(model.scores(np.array([3, 1])), scores[[3, 1]], rtol=1e-4, atol=1e-6)
    assert model.scores(np.array([], dtype=np.intp)).shape == (0, len(model.item_ids))


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_candidate_scores_the_same(name: str, fitted: dict[str, StoredCandidate], tmp_path: Path) -> None:
    model = fitted[name]
    model.save(tmp_path / "model.npz")
    loaded = type(model).load(tmp_path / "model.npz")
    np.testing.assert_array_equal(all_scores(loaded), all_scores(model))
    np.testing.assert_array_equal(loaded.item_ids, model.item_ids)
    np.testing.assert_array_equal(loaded.listener_ids, model.listener_ids)


@pytest.mark.parametrize("name", NAMES)
def test_recommended_is_the_best_of_what_is_not_known(
    name: str, fitted: dict[str, StoredCandidate], world: tuple[InteractionMatrix, FeatureMatrix]
) -> None:
    model, known = fitted[name], world[0].weights
    rows = np.array([5, 0])
    top = model.recommend(rows, 4, known)
    assert top.rows.tolist() == [0] * 4 + [1] * 4
    assert top.ranks.tolist() == [0, 1, 2, 3] * 2
    scores = model.scores(rows)
    for place, row in enumerate(rows):
        unknown = np.setdiff1d(np.arange(len(model.item_ids)), known[row].indices)
        chosen = top.items[top.rows == place]
        assert np.isin(chosen, unknown).all()
        left = np.setdiff1d(unknown, chosen)
        assert scores[place, chosen].min() >= scores[place, left].max() - 1e-6


@pytest.mark.parametrize("name", NAMES)
def test_a_candidate_that_was_not_fitted_says_so(name: str, tmp_path: Path) -> None:
    model = candidates()[name]
    with pytest.raises(NotFittedError):
        model.scores(np.array([0]))
    with pytest.raises(NotFittedError):
        model.save(tmp_path / "model.npz")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "popularity"])
def test_a_candidate_prefers_the_genre_of_the_listener(name: str, fitted: dict[str, StoredCandidate]) -> None:
    scores = all_scores(fitted[name])
    is_folk = np.char.startswith(fitted[name].item_ids, "folk")
    margin = scores[:, is_folk].mean(axis=1) - scores[:, ~is_folk].mean(axis=1)
    assert (margin[0::2] > 0).all()
    assert (margin[1::2] < 0).all()


def test_own_history_is_what_they_play_and_then_what_is_like_it() -> None:
    plays = plays_table(play("a", "x"), play("a", "x", 1), play("a", "y", 2), play("b", "far", 3))
    tracks = tracks_table(
        track("x", artist_id="ada"),
        track("y", artist_id="ada"),
        track("near", artist_id="ada"),
        track("far", artist_id="bob", primary_genre="metal"),
    )
    model = OwnHistory()
    model.fit(*matrices(plays, tracks))
    order = model.item_ids[np.argsort(-all_scores(model)[0])].tolist()
    assert order == ["x", "y", "near", "far"]


sizes = st.tuples(st.integers(2, 12), st.integers(2, 12), st.integers(0, 2**32 - 1))


@given(size=sizes, feature_times=st.sampled_from([0.0, 2.0]))
def test_ease_by_listeners_is_ease_by_items(size: tuple[int, int, int], feature_times: float) -> None:
    listeners, items, seed = size
    rng = np.random.default_rng(seed)
    weights = rng.random((listeners, items)) * (rng.random((listeners, items)) < 0.5)
    named = rng.random((items, 3)) + 0.1
    interactions = interactions_of(weights)
    model = Ease(EaseSettings(regularisation=1.5, feature_times=feature_times))
    model.fit(interactions, features_of(named, interactions))
    rows = np.vstack([weights, feature_times * named.T])
    inverse = np.linalg.inv(rows.T @ rows + 1.5 * np.eye(items))
    item_to_item = -inverse / np.diag(inverse)
    np.fill_diagonal(item_to_item, 0.0)
    np.testing.assert_allclose(all_scores(model), weights @ item_to_item, rtol=1e-3, atol=1e-4)


def test_ease_says_where_it_ends(
    world: tuple[InteractionMatrix, FeatureMatrix], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ease_module, "MOST_ROWS", 10)
    with pytest.raises(InconsistentInputError, match="up to 10 listeners and features together, these are 40"):
        Ease().fit(*world)


@given(size=sizes)
def test_item_neighbours_by_cosine_are_what_they_say(size: tuple[int, int, int]) -> None:
    listeners, items, seed = size
    rng = np.random.default_rng(seed)
    weights = rng.random((listeners, items)) * (rng.random((listeners, items)) < 0.5)
    interactions = interactions_of(weights)
    model = ItemKnn(ItemKnnSettings(neighbours=items))
    model.fit(interactions, features_of(np.ones((items, 1)), interactions))
    lengths = np.linalg.norm(weights, axis=0)
    lengths[lengths == 0] = 1.0
    likeness = (weights / lengths).T @ (weights / lengths)
    np.testing.assert_allclose(all_scores(model), weights @ likeness, rtol=1e-4, atol=1e-5)


class Told(StoredCandidate):
    """Scores that somebody wrote down."""

    KIND = "told"

    def __init__(self, scores: NDArray[np.float64]) -> None:
        self.told = scores.astype(np.float32)

    @property
    def listener_ids(self) -> NDArray[np.str_]:
        return np.array([f"l{n:03d}" for n in range(len(self.told))])

    @property
    def item_ids(self) -> NDArray[np.str_]:
        return np.array([f"t{n:03d}" for n in range(self.told.shape[1])])

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None: ...

    def scores(self, listener_rows: NDArray[np.intp]) -> NDArray[np.float32]:
        return self.told[listener_rows].copy()

    def to_file(self) -> model_file.ModelFile:
        raise NotImplementedError

    @classmethod
    def from_file(cls, file: model_file.ModelFile) -> Told:
        raise NotImplementedError


def joined(fusion: RankFusion, weights: NDArray[np.float64]) -> NDArray[np.float32]:
    fusion.join(interactions_of(weights))
    return all_scores(fusion)


@given(size=sizes, depth=st.integers(1, 12))
def test_only_ranks_among_unknown_items_count(size: tuple[int, int, int], depth: int) -> None:
    listeners, items, seed = size
    rng = np.random.default_rng(seed)
    weights = np.where(rng.random((listeners, items)) < 0.3, 1.0, 0.0)
    one, other = rng.permutation(listeners * items), rng.permutation(listeners * items)
    told = {"one": one.reshape(listeners, items) / 7, "other": other.reshape(listeners, items) / 7}
    settings = FusionSettings(offset=10, depth=depth)
    members = {name: Told(scores) for name, scores in told.items()}
    found = joined(RankFusion(members, weights=dict.fromkeys(told, 1.0), settings=settings), weights)
    for row in range(listeners):
        unknown = np.flatnonzero(weights[row] == 0)
        expected = np.zeros(items)
        for scores in told.values():
            above = np.array([(scores[row, unknown] > scores[row, item]).sum() for item in range(items)])
            expected += np.where(above < depth, 1 / (11 + above), 0)
        np.testing.assert_allclose(found[row], expected, atol=3e-7)


def test_a_candidate_of_twice_the_weight_counts_twice() -> None:
    one, other = Told(np.array([[3.0, 2.0, 1.0]])), Told(np.array([[1.0, 2.0, 3.0]]))
    settings = FusionSettings(offset=1)
    weights = {"one": 1.0, "other": 2.0}
    found = joined(RankFusion({"one": one, "other": other}, weights=weights, settings=settings), np.zeros((1, 3)))
    np.testing.assert_allclose(found, [[1 / 2 + 2 / 4, 1 / 3 + 2 / 3, 1 / 4 + 2 / 2]], atol=1e-6)


def test_below_the_depth_scores_decide() -> None:
    one = Told(np.array([[5.0, 1.0, 2.0, 3.0]]))
    fusion = RankFusion({"one": one}, weights={"one": 1.0}, settings=FusionSettings(depth=1))
    assert np.argsort(-joined(fusion, np.zeros((1, 4)))[0]).tolist() == [0, 3, 2, 1]


def test_items_that_nobody_played_may_be_ranked_by_another() -> None:
    warm, cold = Told(np.array([[4.0, 3.0, 2.0, 1.0]] * 2)), Told(np.array([[1.0, 2.0, 3.0, 4.0]] * 2))
    members, weights, settings = {"warm": warm, "cold": cold}, {"warm": 3.0}, FusionSettings(offset=1)
    # Nobody played the last two; the second listener plays the first two.
    played = np.array([[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    alone = joined(RankFusion(members, weights=weights, settings=settings), played)
    both = joined(RankFusion(members, weights=weights, unseen_weights={"cold": 7.0}, settings=settings), played)
    np.testing.assert_allclose(both[0], [3 / 2, 3 / 3, 7 / 3, 7 / 2], atol=1e-6)
    np.testing.assert_allclose(both[:, :2], alone[:, :2], atol=1e-6)


def test_a_fusion_whose_part_is_damaged_is_refused(fitted: dict[str, StoredCandidate], tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    whole = fitted["fusion"].to_file()
    ease = whole.members["ease"]
    parts = {"rows": sparse.csr_matrix(np.ones((1, 1), dtype=np.float32))}
    broken = model_file.ModelFile(ease.kind, ease.library, ease.ids, ease.numbers, parts)
    model_file.write_model(
        path,
        model_file.ModelFile(
            whole.kind,
            whole.library,
            whole.ids,
            whole.numbers,
            whole.matrices,
            {**whole.members, "ease": broken},
        ),
    )
    with pytest.raises(ModelFileError, match="damaged"):
        RankFusion.load(path)


def test_a_fusion_of_an_unknown_kind_is_refused(fitted: dict[str, StoredCandidate], tmp_path: Path) -> None:
    whole = fitted["fusion"].to_file()
    strange = model_file.ModelFile("of_tomorrow", "numpy", {}, {})
    members = {**whole.members, "ease": strange}
    file = model_file.ModelFile(whole.kind, whole.library, whole.ids, whole.numbers, whole.matrices, members)
    model_file.write_model(tmp_path / "model.npz", file)
    with pytest.raises(ModelFileError, match="of_tomorrow"):
        RankFusion.load(tmp_path / "model.npz")
