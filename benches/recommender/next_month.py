"""A real archive among simulated listeners of the same catalogue: what will its owner discover next month?

The archive is read in place; nothing of it is kept, and figures of it only are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benches.processes import BenchError
from benches.realism.archive import read_music
from benches.recommender.measuring import Measured
from benches.recommender.population import contenders, simulated_plays, task_of, tracks_of
from benches.recommender.running import Bench
from tunegenie_assets.sources.catalogue import read_catalogue
from tunegenie_assets.sources.errors import SourceError

ARCHIVE, CATALOGUE = "listener_a_spotify_extended.zip", "spotify_songs_32k.csv.gz"
OWNER = "archive"
LISTENERS, DAYS, SEED = 60, 120, 11
MONTHS = 6
COLUMNS = (
    "listener_id", "track_id", "artist_name", "started_at", "ms_played", "duration_ms", "skipped", "license_class",
)  # fmt: skip


SKIPPING = ("fwdbtn", "backbtn")
"""How a play ends that was skipped."""


@dataclass(frozen=True)
class NextMonth:
    """Of one kind of item: by month and candidate, and what could have been found at all."""

    results: Mapping[str, Mapping[str, Measured]]
    new: int
    """Items that the owner first played in one of the months."""
    within_reach: int
    """Those of them that the catalogue has or somebody else played before."""


def run_next_month(bench: Bench, folder: Path) -> dict[str, NextMonth]:
    """For tracks and for artists, each of the last whole months of the archive.

    Raises:
        BenchError: a file cannot be read.
    """
    try:
        catalogue = read_catalogue(folder / CATALOGUE).tracks
    except SourceError as error:
        raise BenchError(str(error)) from error
    own = _owner_plays(folder / ARCHIVE)
    months = _last_months(own)
    others = simulated_plays(catalogue, LISTENERS, (months[0] - timedelta(days=DAYS)).date(), months[-1].date(), SEED)
    plays = pa.concat_tables([others.select(list(COLUMNS)), own.select(list(COLUMNS))])
    tracks = tracks_of(catalogue)
    by_artist, artists = of_artists(plays, tracks)
    return {
        "tracks": next_months(bench, "tracks", plays, tracks, months),
        "artists": next_months(bench, "artists", by_artist, artists, months),
    }


def _owner_plays(path: Path) -> pa.Table:
    plays = read_music(path)
    started = pc.cast(plays["started_at"], pa.timestamp("us"))
    count = plays.num_rows
    return pa.table(
        {
            "listener_id": pa.array(np.full(count, OWNER)),
            "track_id": pa.array(plays["track_id"].to_pandas().str.removeprefix("spotify:track:")),
            "artist_name": plays["artist_name"],
            "started_at": started,
            "ms_played": plays["ms_played"],
            "duration_ms": pa.nulls(count, pa.int64()),
            "skipped": pa.array(np.isin(plays["reason_end"].to_numpy(), SKIPPING)),
            "license_class": pa.array(np.full(count, "spotify_export")),
        }
    )


def _last_months(plays: pa.Table) -> list[datetime]:
    """The begins of the last whole months, and the end of the last."""
    last = plays["started_at"].to_numpy().max().astype("datetime64[M]")
    months: list[datetime] = (last - np.arange(MONTHS, -1, -1)).astype("datetime64[us]").tolist()
    return months


def of_artists(plays: pa.Table, tracks: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The same with artists for tracks, each with its first genre in the catalogue and its mean popularity."""
    lowered = pc.utf8_lower(plays["artist_name"])  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    plays = plays.set_column(plays.column_names.index("track_id"), "track_id", lowered)
    artists = tracks.group_by("artist_id", use_threads=False).aggregate(
        [("primary_genre", "first"), ("popularity", "mean")]
    )
    given = {
        "track_id": artists["artist_id"],
        "primary_genre": artists["primary_genre_first"],
        "popularity": pa.array(artists["popularity_mean"].to_pandas().round(), pa.int64(), from_pandas=True),
    }
    columns = [given.get(field.name, pa.nulls(artists.num_rows, field.type)) for field in tracks.schema]
    return plays, pa.table(columns, names=tracks.schema.names)


def next_months(bench: Bench, kind: str, plays: pa.Table, items: pa.Table, months: list[datetime]) -> NextMonth:
    """Trained on all plays before each month, asked what the owner first plays in it; `months` has the end besides."""
    results: dict[str, Mapping[str, Measured]] = {}
    new = within_reach = 0
    for begin, end in pairwise(months):
        past = plays.filter(pc.field("started_at") < begin)
        own = plays.filter(pc.field("listener_id") == OWNER)
        before = own.filter(pc.field("started_at") < begin)
        month = own.filter((pc.field("started_at") >= begin) & (pc.field("started_at") < end))
        known = _with_played(items, past)
        discovered = month.filter(~_one_of(before["track_id"]))
        reachable = discovered.filter(_one_of(known["track_id"]))
        new += len(discovered["track_id"].unique())
        within_reach += len(reachable["track_id"].unique())
        if reachable.num_rows:
            label = f"{begin:%Y-%m}"
            tasks = {f"next-{kind}-{label}": task_of(past, reachable, known)}
            results[label] = {
                name: next(iter(bench.peer(name, tasks, each).values()))
                for name, each in contenders(next(iter(tasks.values()))).items()
            }
    return NextMonth(results, new, within_reach)


def _with_played(items: pa.Table, plays: pa.Table) -> pa.Table:
    """The items, and those that were played besides; of these nothing but their artist is known."""
    strange = plays.filter(~_one_of(items["track_id"]))
    strange = strange.group_by("track_id", use_threads=False).aggregate([("artist_name", "first")])
    artist = pc.utf8_lower(strange["artist_name_first"])  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    given = {"track_id": strange["track_id"], "artist_id": artist}
    columns = [given.get(field.name, pa.nulls(strange.num_rows, field.type)) for field in items.schema]
    return pa.concat_tables([items, pa.table(columns, names=items.schema.names)], promote_options="permissive")


def _one_of(track_ids: pa.ChunkedArray) -> pc.Expression:
    return pc.field("track_id").isin(track_ids.unique())
