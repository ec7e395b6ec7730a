from __future__ import annotations

import pyarrow as pa

from ml.recommender.playlist import PLAYLIST_SCHEMA, playlists


def recommended(listener: str, *tracks: str) -> list[dict[str, object]]:
    return [
        {
            "listener_id": listener, "rank": rank, "track_id": track, "track_name": f"Song {track}",
            "artist_name": "Somebody", "primary_genre": "pop", "score": 1.0, "reason": "because",
        }
        for rank, track in enumerate(tracks, 1)
    ]  # fmt: skip


def test_a_playlist_is_the_recommendations_that_the_service_has_without_a_hole() -> None:
    lists = pa.Table.from_pylist([*recommended("bob", "t1", "t2", "t3"), *recommended("ada", "t3", "t1")])
    tracks = pa.table({"track_id": ["t1", "t2", "t3"], "spotify_track_id": pa.array(["s1", None, "s3"])})
    table = playlists(lists, tracks)
    assert table.schema.equals(PLAYLIST_SCHEMA)
    assert [(row["listener_id"], row["position"], row["spotify_track_id"]) for row in table.to_pylist()] == [
        ("ada", 1, "s3"), ("ada", 2, "s1"), ("bob", 1, "s1"), ("bob", 2, "s3"),
    ]  # fmt: skip


def test_nobody_has_an_empty_playlist() -> None:
    lists = pa.Table.from_pylist(recommended("ada", "t1"))
    tracks = pa.table({"track_id": ["t1"], "spotify_track_id": pa.array([None], pa.string())})
    assert playlists(lists, tracks).equals(PLAYLIST_SCHEMA.empty_table())
