from __future__ import annotations

import math
from datetime import timedelta
from typing import Self

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from ml.errors import EvaluationError, InconsistentInputError
from ml.recommender.evaluation import measure, ranking_figures, temporal_split
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.lightfm_hybrid import HybridSettings, LightFMHybrid
from ml.recommender.model_file import ModelFile
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import StoredCandidate
from tests.unit.ml.recommender.samples import (
    BEGIN,
    listeners_table,
    play,
    plays_table,
    track,
    tracks_table,
    two_camps,
    without_week,
)
from tunegenie_assets.schemas.recommender import EVALUATION


class Fixed(StoredCandidate):
    """Scores items by their place in the order of ids, the first best, and remembers what it was shown."""

    def __init__(self) -> None:
        self.past: InteractionMatrix | None = None

    @property
    def listener_ids(self) -> NDArray[np.str_]:
        assert self.past is not None
        return self.past.listener_ids

    @property
    def item_ids(self) -> NDArray[np.str_]:
        assert self.past is not None
        return self.past.item_ids

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:  # noqa: ARG002 - protocol
        self.past = interactions

    def scores(self, listener_rows: NDArray[np.intp]) -> NDArray[np.float32]:
        return np.tile(-np.arange(len(self.item_ids), dtype=np.float32), (len(listener_rows), 1))

    def to_file(self) -> ModelFile:
        raise NotImplementedError

    @classmethod
    def from_file(cls, file: ModelFile) -> Self:
        raise NotImplementedError


def figures(table: pa.Table, model: str) -> dict[str, float]:
    return {row["metric"]: row["value"] for row in table.to_pylist() if row["model"] == model}


def world() -> pa.Table:
    """Ten plays; the split falls at hour 8. `a` goes on to t3 and t1 (known), `b` to nothing new, `c` has no past."""
    return plays_table(
        *[play("a", "t1", hour) for hour in range(6)],
        play("b", "t2", 6),
        play("b", "t2", 7),
        play("a", "t3", 8),
        play("a", "t1", 9),
    )


ALL_TRACKS = [track(f"t{number}") for number in range(5)]


def test_the_split_leaves_eighty_percent_before_it() -> None:
    split = temporal_split(world())
    assert split.split_at == BEGIN + timedelta(hours=8)
    assert (split.train.num_rows, split.test.num_rows) == (8, 2)


def test_equal_times_stay_on_one_side() -> None:
    split = temporal_split(plays_table(play("a", "x", 0), *[play("a", f"t{number}", 1) for number in range(9)]))
    assert (split.train.num_rows, split.test.num_rows) == (1, 9)


def test_plays_that_may_not_be_learnt_from_move_no_split() -> None:
    foreign = [play("a", "t4", 100 + hour, license_class="spotify_api") for hour in range(50)]
    split = temporal_split(pa.concat_tables([world(), plays_table(*foreign)]))
    assert split.split_at == BEGIN + timedelta(hours=8)
    assert split.test.num_rows == 2


def test_only_new_tracks_are_relevant_and_known_ones_are_not_ranked() -> None:
    model = Fixed()
    listeners = listeners_table(["a", "b"], simulated=False)
    table = measure(world(), tracks_table(*ALL_TRACKS), listeners, {"fixed": model}).table()
    assert table.schema.equals(without_week(EVALUATION))
    # For `a` the list is t0, t2, t3, t4 (t1 is known), and t3 is the one relevant track: rank 3.
    assert figures(table, "fixed") == pytest.approx(
        {
            "ndcg_at_10": 1 / math.log2(4),
            "recall_at_20": 1.0,
            "precision_at_10": 0.1,
            "map_at_10": 1 / 3,
            "coverage_at_10": 4 / 5,
        }
    )
    assert set(table["listeners"].to_pylist()) == {1}
    assert set(table["split_at"].to_pylist()) == {BEGIN + timedelta(hours=8)}
    assert model.past is not None
    assert model.past.weights.nnz == 2


def test_real_listeners_are_not_asked_for_invented_tracks() -> None:
    tracks = tracks_table(
        *[row | {"origin": "generated"} if row["track_id"] in {"t0", "t2"} else row for row in ALL_TRACKS]
    )
    real, simulated = (listeners_table(["a", "b"], simulated=flag) for flag in (False, True))
    assert figures(measure(world(), tracks, real, {"fixed": Fixed()}).table(), "fixed")["ndcg_at_10"] == 1.0
    assert figures(measure(world(), tracks, simulated, {"fixed": Fixed()}).table(), "fixed")["ndcg_at_10"] == 0.5


def test_tracks_of_no_catalogue_are_evaluated_though_nobody_else_is_shown_them() -> None:
    listeners = listeners_table(["a", "b"], simulated=False)
    told, untold = (tracks_table(*[row | {"origin": origin} for row in ALL_TRACKS]) for origin in ("file", "history"))
    of_told, of_untold = (measure(world(), tracks, listeners, {"fixed": Fixed()}).table() for tracks in (told, untold))
    assert of_untold == of_told


def test_figures_follow_their_definitions() -> None:
    hits = np.zeros((2, 20), dtype=bool)
    hits[0, [0, 2, 15]] = True
    found = ranking_figures(hits, relevant=np.array([3, 30]))
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found == pytest.approx(
        {
            "ndcg_at_10": (1 + 1 / math.log2(4)) / ideal / 2,
            "recall_at_20": 0.5,
            "precision_at_10": 0.1,
            "map_at_10": (1 + 2 / 3) / 3 / 2,
        }
    )


def test_a_perfect_list_is_worth_one() -> None:
    perfect = ranking_figures(np.ones((1, 20), dtype=bool), relevant=np.array([20]))
    assert perfect == dict.fromkeys(("ndcg_at_10", "recall_at_20", "precision_at_10", "map_at_10"), pytest.approx(1.0))


def test_the_hybrid_beats_popularity_where_tastes_differ() -> None:
    plays, tracks, listeners = two_camps(listeners=60, tracks_per_genre=60)
    recommenders = {
        "lightfm_hybrid": LightFMHybrid(HybridSettings(components=8, epochs=10)),
        "popularity": Popularity(),
    }
    table = measure(plays, tracks, listeners, recommenders).table()
    hybrid, popularity = figures(table, "lightfm_hybrid"), figures(table, "popularity")
    assert hybrid["ndcg_at_10"] > 1.2 * popularity["ndcg_at_10"] > 0
    assert hybrid["recall_at_20"] > popularity["recall_at_20"]


def test_what_cannot_be_evaluated_is_an_error() -> None:
    listeners, models = listeners_table(["a", "b"], simulated=False), {"popularity": Popularity()}
    with pytest.raises(EvaluationError, match="no past"):
        measure(plays_table(play("a", "t1"), play("a", "t2")), tracks_table(*ALL_TRACKS), listeners, models)
    with pytest.raises(EvaluationError, match="nothing to split"):
        measure(plays_table(), tracks_table(*ALL_TRACKS), listeners, models)
    with pytest.raises(EvaluationError, match="one listener alone"):
        alone = plays_table(*[play("a", f"t{1 + hour % 3}", hour) for hour in range(10)])
        measure(alone, tracks_table(*ALL_TRACKS), listeners, models)
    with pytest.raises(EvaluationError, match="new track after it"):
        nothing_new = plays_table(*[play(who, "t1", hour) for hour in range(10) for who in ("a", "b")])
        measure(nothing_new, tracks_table(*ALL_TRACKS), listeners, models)
    with pytest.raises(InconsistentInputError, match="such as t3"):
        measure(world(), tracks_table(*ALL_TRACKS[:3]), listeners, models)
