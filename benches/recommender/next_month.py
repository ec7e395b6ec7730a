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
from ml.errors import EvaluationError
from tunegenie_assets.sources.catalogue import read_catalogue
from tunegenie_assets.sources.errors import SourceError

ARCHIVE, CATALOGUE = "listener_a_spotify_extended.zip", "spotify_songs_32k.csv.gz"
OWNER = "archive"
LISTENERS, DAYS, SEED = 60, 120, 11
MONTHS = 6
COLUMNS = ("listener_id", "track_id", "artist_name", "started_at", "ms_played", "duration_ms", "license_class")
KINDS = ("tracks", "artists")


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
    return {kind: _of_kind(bench, kind, *_items_of_kind(kind, plays, tracks), months) for kind in KINDS}


def _owner_plays(path: Path) -> pa.Table:
    plays = read_music(path)
    started = pc.cast(plays["started_at"], pa.timestamp("us"))
    count = plays.num_rows
    return pa.table(
        {
            "listener_id": pa.array(np.full(count, OWNER)),
            "track_id": pc.replace_substring(plays["track_id"], "spotify:track:", ""),
            "artist_name": plays["artist_name"],
            "started_at": started,
            "ms_played": plays["ms_played"],
            "duration_ms": pa.nulls(count, pa.int64()),
            "license_class": pa.array(np.full(count, "spotify_export")),
        }
    )


def _last_months(plays: pa.Table) -> list[datetime]:
    """The begins of the last whole months, and the end of the last."""
    last: datetime = pc.max(plays["started_at"]).as_py()
    months = [datetime(last.year, last.month, 1)]
    for _ in range(MONTHS):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]


def _items_of_kind(kind: str, plays: pa.Table, tracks: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Plays and items; for artists, each is an item with its first genre in the catalogue."""
    if kind == "tracks":
        return plays, tracks
    lowered = pc.utf8_lower(plays["artist_name"])  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    plays = plays.set_column(plays.column_names.index("track_id"), "track_id", lowered)
    artists = tracks.group_by("artist_id", use_threads=False).aggregate(
        [("primary_genre", "first"), ("popularity", "mean")]
    )
    columns = {
        name: pa.nulls(artists.num_rows, field.type)
        for name, field in ((each.name, each) for each in tracks.schema)
        if name not in {"track_id", "primary_genre", "popularity"}
    }
    return plays, pa.table(
        {
            "track_id": artists["artist_id"],
            "primary_genre": artists["primary_genre_first"],
            "popularity": pc.cast(pc.round(artists["popularity_mean"]), pa.int64()),
            **columns,
        }
    )


def _of_kind(bench: Bench, kind: str, plays: pa.Table, items: pa.Table, months: list[datetime]) -> NextMonth:
    results: dict[str, Mapping[str, Measured]] = {}
    new = within_reach = 0
    for begin, end in pairwise(months):
        started = plays["started_at"]
        past = plays.filter(pc.less(started, pa.scalar(begin, pa.timestamp("us"))))
        own = plays.filter(
            pc.and_(
                pc.equal(plays["listener_id"], OWNER),
                pc.and_(
                    pc.greater_equal(started, pa.scalar(begin, pa.timestamp("us"))),
                    pc.less(started, pa.scalar(end, pa.timestamp("us"))),
                ),
            )
        )
        known = _with_played(items, past)
        before = past.filter(pc.equal(past["listener_id"], OWNER))
        discovered = set(own["track_id"].unique().to_pylist()) - set(before["track_id"].unique().to_pylist())
        reachable = discovered & set(known["track_id"].to_pylist())
        new, within_reach = new + len(discovered), within_reach + len(reachable)
        own = own.filter(pc.is_in(own["track_id"], pa.array(sorted(reachable), pa.string())))
        month = f"{begin:%Y-%m}"
        if own.num_rows == 0:
            continue
        try:
            tasks = {f"next-{kind}-{month}": task_of(past, own, known)}
        except EvaluationError as error:
            raise BenchError(f"{month}: {error}") from error
        label, task = next(iter(tasks.items()))
        results[month] = {name: bench.peer(name, tasks, each)[label] for name, each in contenders(task).items()}
    return NextMonth(results, new, within_reach)


def _with_played(items: pa.Table, plays: pa.Table) -> pa.Table:
    """The items, and those that were played besides; of these nothing but their artist is known."""
    strange = plays.filter(pc.invert(pc.is_in(plays["track_id"], items["track_id"])))
    strange = strange.group_by("track_id", use_threads=False).aggregate([("artist_name", "first")])
    artist = pc.utf8_lower(strange["artist_name_first"])  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    given = {"track_id": strange["track_id"], "artist_id": artist}
    columns = [given.get(field.name, pa.nulls(strange.num_rows, field.type)) for field in items.schema]
    return pa.concat_tables([items, pa.table(columns, names=items.schema.names)], promote_options="permissive")
