from __future__ import annotations

from typing import Any

import pyarrow as pa

from ml.recommender.features import build_item_features
from ml.recommender.licence import SOURCE_OF, licensed_tracks

TRACK: dict[str, Any] = {
    "track_id": "t",
    "artist_id": "a",
    "primary_genre": "techno",
    "training_genre": "house",
    "is_training_data": True,
    "duration_ms": 1000,
    "release_year": 1999,
    "popularity": 70,
    **{name: 0.5 for name, source in SOURCE_OF.items() if source == "features_source"},
}


def tracks(**values: Any) -> pa.Table:
    sources = dict.fromkeys(SOURCE_OF.values(), "catalogue")
    return pa.Table.from_pylist([{**TRACK, **sources, **values}])


def test_values_of_others_are_kept() -> None:
    [row] = licensed_tracks(tracks()).to_pylist()
    assert {name: row[name] for name in SOURCE_OF} == {name: TRACK[name] for name in SOURCE_OF}


def test_values_that_only_the_web_api_gave_are_gone() -> None:
    spotify = dict.fromkeys(SOURCE_OF.values(), "spotify_api")
    [row] = licensed_tracks(tracks(**spotify)).to_pylist()
    assert {row[name] for name in SOURCE_OF} == {None}
    features = build_item_features(licensed_tracks(tracks(**spotify)))["feature"].to_pylist()
    assert features == ["any:track", "artist:a", "genre:house"]


def test_a_popularity_by_the_plays_themselves_is_gone() -> None:
    [row] = licensed_tracks(tracks(popularity_source="population")).to_pylist()
    assert row["popularity"] is None
    assert row["duration_ms"] == TRACK["duration_ms"]
    features = build_item_features(licensed_tracks(tracks(popularity_source="population")))["feature"].to_pylist()
    assert not [feature for feature in features if feature.startswith("popularity:")]


def test_a_popularity_of_lastfm_is_learnt_from() -> None:
    [row] = licensed_tracks(tracks(popularity_source="lastfm")).to_pylist()
    assert row["popularity"] == TRACK["popularity"]


def test_a_value_nobody_gave_stays_unknown() -> None:
    [row] = licensed_tracks(tracks(duration_ms=None, duration_source=None)).to_pylist()
    assert row["duration_ms"] is None
    assert row["popularity"] == 70


def test_a_track_that_only_the_web_api_tells_of_is_gone() -> None:
    assert licensed_tracks(tracks(is_training_data=False)).num_rows == 0
