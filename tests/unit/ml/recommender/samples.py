"""Small worlds to learn from: two camps of listeners who love two genres, made without the simulator."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from ml.recommender.features import FeatureMatrix, build_item_features, feature_matrix
from ml.recommender.interactions import (
    InteractionMatrix,
    build_interactions,
    interaction_matrix,
    sorted_item_ids,
)
from tunegenie_assets.schemas.recommender import WEEK
from tunegenie_assets.schemas.table import Table

BEGIN = datetime(2025, 1, 1)
AUDIO = (
    "danceability",
    "energy",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "liveness",
    "tempo",
    "loudness",
)
PLAYS_SCHEMA = pa.schema(
    [
        ("listener_id", pa.string()),
        ("track_id", pa.string()),
        ("started_at", pa.timestamp("us")),
        ("ms_played", pa.int64()),
        ("duration_ms", pa.int64()),
        ("skipped", pa.bool_()),
        ("license_class", pa.string()),
    ]
)
TRACKS_SCHEMA = pa.schema(
    [
        (name, pa.string())
        for name in ("track_id", "track_name", "artist_id", "artist_name", "primary_genre", "album_name")
    ]
    + [("release_year", pa.int64()), ("popularity", pa.int64())]
    + [(name, pa.float64()) for name in AUDIO]
    + [("origin", pa.string())]
)


def play(listener: str, track: str, hour: float = 0, **changes: object) -> dict[str, object]:
    return {
        "listener_id": listener,
        "track_id": track,
        "started_at": BEGIN + timedelta(hours=hour),
        "ms_played": 200_000,
        "duration_ms": 200_000,
        "skipped": False,
        "license_class": "synthetic",
    } | changes


def plays_table(*plays: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(plays), schema=PLAYS_SCHEMA)


def track(track_id: str, **changes: object) -> dict[str, object]:
    return {
        "track_id": track_id,
        "track_name": f"Title {track_id}",
        "artist_id": f"artist-{track_id}",
        "artist_name": f"Artist {track_id}",
        "primary_genre": "pop",
        "origin": "file",
    } | changes


def tracks_table(*tracks: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(tracks), schema=TRACKS_SCHEMA)


def listeners_table(listener_ids: list[str], *, simulated: bool) -> pa.Table:
    return pa.table(
        {"listener_id": pa.array(listener_ids, pa.string()), "is_simulated": [simulated] * len(listener_ids)}
    )


def two_camps(listeners: int = 40, tracks_per_genre: int = 30) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Plays, tracks and listeners: even listeners love folk, odd ones metal; each plays half of the genre's tracks.

    Tracks have six artists a genre. The last track of each genre, `folk-cold` and `metal-cold`, nobody has played.
    """
    rng = np.random.default_rng(0)
    tracks = [
        track(f"{genre}-{number:02d}", primary_genre=genre, artist_id=f"{genre}-{number % 6}", energy=energy)
        for genre, energy in (("folk", 0.2), ("metal", 0.9))
        for number in range(tracks_per_genre)
    ]
    tracks += [track(f"{genre}-cold", primary_genre=genre) for genre in ("folk", "metal")]
    plays = [
        play(f"l{listener:02d}", f"{('folk', 'metal')[listener % 2]}-{number:02d}", hour=hour)
        for listener in range(listeners)
        for hour, number in enumerate(rng.permutation(tracks_per_genre)[: tracks_per_genre // 2])
    ]
    ids = [f"l{listener:02d}" for listener in range(listeners)]
    return plays_table(*plays), tracks_table(*tracks), listeners_table(ids, simulated=False)


def matrices(plays: pa.Table, tracks: pa.Table) -> tuple[InteractionMatrix, FeatureMatrix]:
    item_ids = sorted_item_ids(tracks)
    interactions = interaction_matrix(build_interactions(plays), item_ids)
    return interactions, feature_matrix(build_item_features(tracks), item_ids, interactions.seen_items)


def without_week(table: Table) -> pa.Schema:
    """The columns of a table of the warehouse but for the one that says which week's training a row belongs to."""
    return pa.schema([field for field in table.arrow_schema if field.name != WEEK])
