from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest

from ml.errors import InconsistentInputError, NoInteractionsError
from ml.recommender.interactions import (
    TRAINABLE_LICENCES,
    build_artist_interactions,
    build_interactions,
    interaction_matrix,
    sorted_item_ids,
)
from tests.unit.ml.recommender.samples import BEGIN, play, plays_table, track, tracks_table, without_week
from tunegenie_assets.schemas.recommender import ARTIST_INTERACTIONS, INTERACTIONS


def weight_of(*plays: dict[str, object]) -> float:
    [weight] = build_interactions(plays_table(*plays))["weight"].to_pylist()
    return weight


def test_one_row_per_listener_and_track_with_counts_and_times() -> None:
    result = build_interactions(plays_table(play("b", "y", 5), play("a", "x", 3), play("b", "y", 1), play("b", "x", 2)))
    assert result.schema.equals(without_week(INTERACTIONS))
    assert result.select(["listener_id", "track_id", "plays"]).to_pylist() == [
        {"listener_id": "a", "track_id": "x", "plays": 1},
        {"listener_id": "b", "track_id": "x", "plays": 1},
        {"listener_id": "b", "track_id": "y", "plays": 2},
    ]
    last = result.to_pylist()[-1]
    assert last["first_played_at"] == BEGIN + timedelta(hours=1)
    assert last["last_played_at"] == BEGIN + timedelta(hours=5)


def test_the_weight_grows_with_the_logarithm_of_completed_plays() -> None:
    assert weight_of(play("a", "x")) == pytest.approx(math.log(2))
    assert weight_of(*[play("a", "x", hour) for hour in range(7)]) == pytest.approx(math.log(8))
    assert weight_of(play("a", "x", ms_played=50_000)) == pytest.approx(math.log(1.25))


def test_a_play_never_counts_more_than_whole_or_less_than_nothing() -> None:
    assert weight_of(play("a", "x", ms_played=999_000)) == pytest.approx(math.log(2))
    assert weight_of(play("a", "x", ms_played=-5)) == 0
    assert weight_of(play("a", "x", ms_played=0)) == 0


def test_a_skipped_play_counts_for_what_was_heard_and_never_more_than_half() -> None:
    assert weight_of(play("a", "x", skipped=True, ms_played=50_000)) == pytest.approx(math.log(1.25))
    assert weight_of(play("a", "x", skipped=True)) == pytest.approx(math.log(1.5))
    assert weight_of(play("a", "x", skipped=None)) == pytest.approx(math.log(2))


@pytest.mark.parametrize("duration", [None, 0])
def test_without_a_length_half_a_minute_is_a_whole_play(duration: int | None) -> None:
    assert weight_of(play("a", "x", duration_ms=duration, ms_played=30_000)) == pytest.approx(math.log(2))
    assert weight_of(play("a", "x", duration_ms=duration, ms_played=15_000)) == pytest.approx(math.log(1.5))


def test_plays_of_the_spotify_web_api_are_never_learnt_from() -> None:
    assert "spotify_api" not in TRAINABLE_LICENCES
    mixed = plays_table(play("a", "x"), play("a", "y", license_class="spotify_api"), play("b", "x", license_class=None))
    assert build_interactions(mixed).select(["listener_id", "track_id"]).to_pylist() == [
        {"listener_id": "a", "track_id": "x"}
    ]


def test_nothing_to_learn_from_is_an_error_that_says_what_was_found() -> None:
    with pytest.raises(NoInteractionsError, match="licence classes found: spotify_api; allowed: lastfm"):
        build_interactions(plays_table(play("a", "x", license_class="spotify_api")))
    with pytest.raises(NoInteractionsError, match="none of 0 plays"):
        build_interactions(plays_table())


def test_the_matrix_keeps_tracks_nobody_played_and_tracks_that_were_only_skipped() -> None:
    tracks = tracks_table(track("z"), track("x"), track("y"))
    interactions = build_interactions(plays_table(play("b", "x"), play("a", "z", ms_played=0)))
    matrix = interaction_matrix(interactions, sorted_item_ids(tracks))
    assert matrix.listener_ids.tolist() == ["a", "b"]
    assert matrix.item_ids.tolist() == ["x", "y", "z"]
    assert matrix.weights.nnz == 2
    assert matrix.seen_items.tolist() == [True, False, True]
    np.testing.assert_allclose(matrix.weights.toarray(), [[0, 0, 0], [math.log(2), 0, 0]], rtol=1e-6)


def test_plays_of_unknown_tracks_and_doubled_tracks_are_refused() -> None:
    interactions = build_interactions(plays_table(play("a", "stranger")))
    with pytest.raises(InconsistentInputError, match="such as stranger"):
        interaction_matrix(interactions, sorted_item_ids(tracks_table(track("x"))))
    with pytest.raises(InconsistentInputError, match="one per track_id"):
        sorted_item_ids(tracks_table(track("x"), track("x")))
    with pytest.raises(NoInteractionsError, match="no interactions"):
        interaction_matrix(interactions.slice(0, 0), np.array(["x"]))


def test_what_was_heard_long_ago_counts_less() -> None:
    plays = plays_table(play("a", "old", 0), play("a", "new", 24 * 365), play("a", "later", 24 * 400))
    table = build_interactions(plays, as_of=BEGIN + timedelta(days=365))
    weights = dict(zip(table["track_id"].to_pylist(), np.expm1(table["weight"].to_numpy()), strict=True))
    assert weights == pytest.approx({"old": 0.5, "new": 1.0, "later": 1.0}, abs=1e-6)


def test_an_artist_is_liked_for_all_their_tracks_together() -> None:
    plays = plays_table(
        play("b", "x", 5),
        play("b", "x", 1),
        play("b", "y", 2, ms_played=100_000),
        play("b", "nobody's"),
        play("a", "z"),
    )
    tracks = tracks_table(
        track("x", artist_id="ada"), track("y", artist_id="ada"), track("z"), track("nobody's", artist_id=None)
    )
    table = build_artist_interactions(plays, tracks)
    assert table.schema.equals(without_week(ARTIST_INTERACTIONS))
    assert [(row["listener_id"], row["artist_id"], row["tracks"], row["plays"]) for row in table.to_pylist()] == [
        ("a", "artist-z", 1, 1),
        ("b", "ada", 2, 3),
    ]
    last = table.to_pylist()[-1]
    assert last["weight"] == pytest.approx(math.log(1 + 2.5))
    assert (last["first_played_at"], last["last_played_at"]) == (
        BEGIN + timedelta(hours=1),
        BEGIN + timedelta(hours=5),
    )


def test_nobody_likes_an_artist_for_plays_of_the_web_api_nor_for_what_is_long_ago_as_much() -> None:
    tracks = tracks_table(track("x", artist_id="ada"))
    with pytest.raises(NoInteractionsError):
        build_artist_interactions(plays_table(play("a", "x", license_class="spotify_api")), tracks)
    [row] = build_artist_interactions(
        plays_table(play("a", "x")), tracks, as_of=BEGIN + timedelta(days=365)
    ).to_pylist()
    assert row["weight"] == pytest.approx(math.log(1.5), abs=1e-6)
