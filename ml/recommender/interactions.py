"""From plays to interactions: who likes which track how much, as a table and as a sparse matrix.

Which plays may be learnt from is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from ml.arrow import encode, positions
from ml.errors import InconsistentInputError, NoInteractionsError

TRAINABLE_LICENCES = frozenset({"spotify_export", "lastfm", "listenbrainz", "own", "synthetic"})
"""Licence classes that may train a model; `own` is what a listener's own server kept.

`spotify_api` is absent: the policy of the Spotify Web API forbids it.
"""
WHOLE_PLAY_MS = 30_000
"""A play this long counts as whole where the length of its track is unknown."""

SKIPPED_AT_MOST = 0.5
"""What a skipped play counts for at most.

Where no catalogue tells the length of a track it is that of the longest play, and a track that was skipped each time
looks heard whole: of such first plays in a real archive 4 % were played again within 90 days, of those not skipped
20 %. The part that was heard says the rest: counting skipped plays half or not at all besides was worse for simulated
listeners (EASE .233 and .221, .234 without).
"""

HALF_LIFE_DAYS = 365.0
"""After which a play says half as much of what a listener likes now. On 100 simulated listeners over 60 days, three
populations, EASE had .2345 with it and .2337 without; 30 and 90 days were no better."""

INTERACTIONS_SCHEMA = pa.schema(
    [
        ("listener_id", pa.string()),
        ("track_id", pa.string()),
        ("plays", pa.int64()),
        ("weight", pa.float64()),
        ("first_played_at", pa.timestamp("us")),
        ("last_played_at", pa.timestamp("us")),
    ]
)


ARTIST_INTERACTIONS_SCHEMA = pa.schema(
    [
        ("listener_id", pa.string()),
        ("artist_id", pa.string()),
        ("tracks", pa.int64()),
        ("plays", pa.int64()),
        ("weight", pa.float64()),
        ("first_played_at", pa.timestamp("us")),
        ("last_played_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class InteractionMatrix:
    """Weights of listeners (rows) and tracks (columns); a weight of zero is stored when a track was only skipped."""

    listener_ids: NDArray[np.str_]
    """Sorted; one per row."""
    item_ids: NDArray[np.str_]
    """Sorted; one per column, tracks that nobody played included."""
    weights: sparse.csr_matrix
    """float32, shape (listeners, items); the stored entries are the tracks a listener knows."""
    listener_features: sparse.csr_matrix | None = None
    """float32, shape (listeners, features): what is known of the listeners besides, where anything is."""
    first_played: sparse.csr_matrix | None = None
    """Days, at least 1, in the places of the weights: when a listener first played it, where there is a time axis."""

    @property
    def seen_items(self) -> NDArray[np.bool_]:
        """Which items somebody played, shape (items,)."""
        return np.bincount(self.weights.indices, minlength=len(self.item_ids)) > 0


def trainable_plays(plays: pa.Table, *, licence_classes: Collection[str] = TRAINABLE_LICENCES) -> pa.Table:
    """The plays whose licence class allows training; a play without a class allows nothing."""
    classes, codes = encode(plays["license_class"])
    allowed = np.array([name in licence_classes for name in classes] + [False])
    return plays.filter(pa.array(allowed[codes]))


def build_interactions(
    plays: pa.Table, *, licence_classes: Collection[str] = TRAINABLE_LICENCES, as_of: datetime | None = None
) -> pa.Table:
    """INTERACTIONS of the plays that may be learnt from, one row per listener and track, sorted by both.

    The weight is log(1 + completed plays). A play counts for the part of the track that was heard, at most 1 and, when
    it was skipped, at most SKIPPED_AT_MOST; so skips count little and a track on repeat saturates. With `as_of` (UTC)
    it counts half after each HALF_LIFE_DAYS.

    Raises:
        NoInteractionsError: no play is left to learn from.
    """
    rows = _learnt(plays, licence_classes, as_of)
    return _by_listener_and(rows, "track_id", []).select(INTERACTIONS_SCHEMA.names)


def build_artist_interactions(
    plays: pa.Table,
    tracks: pa.Table,
    *,
    licence_classes: Collection[str] = TRAINABLE_LICENCES,
    as_of: datetime | None = None,
) -> pa.Table:
    """ARTIST_INTERACTIONS of the same plays, one row per listener and artist, sorted by both.

    The weight is log(1 + completed plays) of all their tracks together, counted as those of a track are. `tracks` are
    track_id and artist_id; plays of tracks without an artist are of none.

    Raises:
        NoInteractionsError: no play is left to learn from.
    """
    rows = _learnt(plays, licence_classes, as_of)
    rows = rows.join(tracks.select(["track_id", "artist_id"]), "track_id", join_type="inner")
    rows = rows.filter(rows["artist_id"].is_valid())
    grouped = _by_listener_and(rows, "artist_id", [("track_id", "count_distinct")])
    return grouped.rename_columns({"track_id_count_distinct": "tracks"}).select(ARTIST_INTERACTIONS_SCHEMA.names)


def _learnt(plays: pa.Table, licence_classes: Collection[str], as_of: datetime | None) -> pa.Table:
    """listener_id, track_id, started_at and what each play that may be learnt from counts, in millionths."""
    allowed = trainable_plays(plays, licence_classes=licence_classes)
    if allowed.num_rows == 0:
        found = ", ".join(encode(plays["license_class"])[0]) or "none"
        wanted = ", ".join(sorted(licence_classes))
        raise NoInteractionsError(
            f"none of {plays.num_rows} plays may be learnt from: licence classes found: {found}; allowed: {wanted}"
        )
    millionths = _faded(_millionths_heard(allowed), allowed["started_at"], as_of)
    return allowed.select(["listener_id", "track_id", "started_at"]).append_column("millionths", pa.array(millionths))


def _by_listener_and(rows: pa.Table, key: str, besides: list[tuple[str, str]]) -> pa.Table:
    """The columns of INTERACTIONS for each listener and `key`, sorted by both, and what is counted `besides`."""
    counted = [("millionths", "count"), ("millionths", "sum"), ("started_at", "min"), ("started_at", "max")]
    grouped = rows.group_by(["listener_id", key]).aggregate([*counted, *besides])
    grouped = grouped.sort_by([("listener_id", "ascending"), (key, "ascending")])
    weight = pa.array(np.log1p(grouped["millionths_sum"].to_numpy() / 1e6))
    names = {
        "millionths_count": "plays",
        "started_at_min": "first_played_at",
        "started_at_max": "last_played_at",
    }
    return grouped.rename_columns(names).append_column("weight", weight)


def interaction_matrix(interactions: pa.Table, item_ids: NDArray[np.str_]) -> InteractionMatrix:
    """INTERACTIONS as a matrix whose columns are `item_ids` (sorted, unique).

    Raises:
        NoInteractionsError: the table has no row.
        InconsistentInputError: it holds a track that is not among the items.
    """
    if interactions.num_rows == 0:
        raise NoInteractionsError("there are no interactions")
    listeners, row = encode(interactions["listener_id"])
    column = item_positions(interactions, item_ids)
    weights = interactions["weight"].to_numpy().astype(np.float32)
    matrix = sparse.csr_matrix((weights, (row, column)), shape=(len(listeners), len(item_ids)))
    matrix.sort_indices()
    days = _days_from_first(interactions["first_played_at"])
    first_played = sparse.csr_matrix((days, (row, column)), shape=matrix.shape)
    first_played.sort_indices()
    return InteractionMatrix(np.array(listeners), item_ids, matrix, first_played=first_played)


def item_positions(interactions: pa.Table, item_ids: NDArray[np.str_]) -> NDArray[np.int64]:
    """The item of each interaction; raises InconsistentInputError when a track is not among the items."""
    column = positions(interactions["track_id"], item_ids)
    if (column < 0).any():
        strangers = interactions["track_id"].filter(pa.array(column < 0)).unique()
        raise InconsistentInputError(f"{len(strangers)} played tracks are not among the tracks, such as {strangers[0]}")
    return column


def sorted_item_ids(tracks: pa.Table) -> NDArray[np.str_]:
    """The track ids in order; raises InconsistentInputError when one is missing or occurs twice."""
    names, codes = encode(tracks["track_id"])
    if len(names) != len(codes) or not names:
        raise InconsistentInputError("tracks must have at least one row, one per track_id, and every row a track_id")
    return np.array(names)


def _faded(millionths: NDArray[np.int64], started_at: pa.ChunkedArray, as_of: datetime | None) -> NDArray[np.int64]:
    """By age; plays after `as_of` count whole."""
    if as_of is None:
        return millionths
    days = (np.datetime64(as_of, "us") - started_at.to_numpy()) / np.timedelta64(1, "D")
    return np.rint(millionths * 0.5 ** (np.maximum(days, 0.0) / HALF_LIFE_DAYS)).astype(np.int64)


def _days_from_first(moments: pa.ChunkedArray) -> NDArray[np.float64]:
    """From a day before the first of all."""
    times = moments.to_numpy()
    return (times - times.min()) / np.timedelta64(1, "D") + 1.0


def _millionths_heard(plays: pa.Table) -> NDArray[np.int64]:
    """Part of the track that was heard, 0 to 1,000,000, shape (plays,); whole numbers add up alike in any order."""
    # A scrobble does not tell how long was listened, and is only sent when most of the track was heard.
    whole = plays["ms_played"].is_null().to_numpy()
    played = pc.fill_null(plays["ms_played"], 0).to_numpy().astype(np.float64)
    duration = pc.fill_null(plays["duration_ms"], 0).to_numpy().astype(np.float64)
    part = np.clip(played / np.where(duration > 0, duration, WHOLE_PLAY_MS), 0.0, 1.0)
    part[whole] = 1.0
    skipped = pc.fill_null(plays["skipped"], fill_value=False).to_numpy()
    part[skipped] = np.minimum(part[skipped], SKIPPED_AT_MOST)
    return np.rint(part * 1e6).astype(np.int64)
