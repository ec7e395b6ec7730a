"""One item for a song that has many ids: what is learnt of a recording is learnt of it once.

The id that stands for a recording is chosen from the ids alone, so it survives retraining.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

FIRST_ORIGINS = ("file", "generated", "history")
"""An id that a catalogue tells of comes before one that only somebody's listening does."""


def one_per_recording(tracks: pa.Table) -> pa.Table:
    """The rows of dim_track that stand for their recordings (recording_key), in the order of track_id.

    Of several ids the one with a Spotify id, then that of the first origin, then the first in order.
    """
    rows = _ranked(tracks)
    chosen = rows.drop_duplicates("recording_key").sort_values("track_id")
    return tracks.take(pa.array(chosen["row"].to_numpy()))


def with_item_ids(plays: pa.Table, tracks: pa.Table) -> pa.Table:
    """`plays` with the id that stands for the recording in place of each track_id; plays of strangers are left out."""
    rows = _ranked(tracks)
    first = rows.drop_duplicates("recording_key").set_index("recording_key")["track_id"]
    item = rows.assign(item=rows["recording_key"].map(first))[["track_id", "item"]]
    joined = plays.join(pa.Table.from_pandas(item, preserve_index=False), "track_id", join_type="inner")
    place = joined.column_names.index("track_id")
    return joined.set_column(place, "track_id", joined["item"]).drop_columns("item")


def _ranked(tracks: pa.Table) -> pd.DataFrame:
    rows = tracks.select(["track_id", "recording_key", "spotify_track_id", "origin"]).to_pandas()
    rows["row"] = range(len(rows))
    rows["origin"] = rows["origin"].map({origin: rank for rank, origin in enumerate(FIRST_ORIGINS)})
    rows["has_no_id"] = rows["spotify_track_id"].isna()
    return rows.sort_values(["has_no_id", "origin", "track_id"])
