"""A listener's recommendations as the playlist that goes to their account: only what that service has, in order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ml.recommender.ranking import rank_within

PLAYLIST_SCHEMA = pa.schema(
    [
        ("listener_id", pa.string()),
        ("position", pa.int64()),
        ("spotify_track_id", pa.string()),
        ("track_id", pa.string()),
        ("track_name", pa.string()),
        ("artist_name", pa.string()),
        ("reason", pa.string()),
    ]
)


def playlists(recommendations: pa.Table, tracks: pa.Table) -> pa.Table:
    """PLAYLIST of each listener, by position.

    Args:
        recommendations: listener_id, rank, track_id, track_name, artist_name, reason.
        tracks: track_id, spotify_track_id, null where a track has none: those are left out.
    """
    ids = tracks.select(["track_id", "spotify_track_id"]).filter(tracks["spotify_track_id"].is_valid())
    rows = recommendations.join(ids, "track_id", join_type="inner")
    rows = rows.sort_by([("listener_id", "ascending"), ("rank", "ascending")])
    _, listener = np.unique(np.array(rows["listener_id"].to_pylist(), dtype=str), return_inverse=True)
    rows = rows.append_column("position", pa.array(rank_within(listener) + 1))
    return rows.select(PLAYLIST_SCHEMA.names).cast(PLAYLIST_SCHEMA)
