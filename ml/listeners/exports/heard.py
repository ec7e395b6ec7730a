"""What one simulated listener heard, as the services need it: plays in order, numbered, with the length of the track.

What a service makes of it is in spotify.py and scrobblers.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ml.arrow import encode, positions
from ml.listeners.exports.fields import Integers

ARTISTS_APART = ";"
"""Between the artists of a track in the catalogue's `artist_names`."""
# Addresses for examples, RFC 5737.
_ADDRESSES = 254


@dataclass(frozen=True)
class Heard:
    """Plays of one listener by time, with the columns of PLAYS_SCHEMA and three more.

    `play_number` counts the listener's plays from 1; `duration_ms`, which may be null, and `artist_names` are the
    catalogue's.
    """

    listener_id: str
    country: str
    until: date
    """Day after the last one."""
    plays: pa.Table

    @property
    def made_at(self) -> datetime:
        """When the exports are made: once all was heard."""
        return datetime.combine(self.until, time.min, UTC)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Heard:
        """The plays at these positions, or those that are true."""
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return replace(self, plays=self.plays.take(pa.array(index)).combine_chunks())

    def column(self, name: str) -> pa.Array:
        return self.plays[name].combine_chunks()

    def seconds(self, name: str) -> Integers:
        """A column of times in seconds since 1970, cut."""
        return self.numbers(name) // 1_000_000

    def numbers(self, name: str) -> Integers:
        """A column of whole numbers, or of times in microseconds since 1970; 0 for null."""
        return self.column(name).cast(pa.int64()).fill_null(0).to_numpy()

    @property
    def address(self) -> str:
        """An IP address that is nobody's and always this listener's."""
        return f"192.0.2.{zlib.crc32(self.listener_id.encode()) % _ADDRESSES + 1}"


def heard_by_listener(plays: pa.Table, listeners: pa.Table, catalogue: pa.Table) -> Iterator[Heard]:
    """What each of the listeners heard, in the order of their ids.

    `plays` are simulated plays of these listeners from this catalogue, in any order, whole histories.
    """
    listeners = listeners.sort_by("listener_id")
    plays = plays.sort_by([(name, "ascending") for name in ("listener_id", "started_at", "ended_at", "track_id")])
    plays = _described(plays, catalogue)
    known, codes = encode(plays["listener_id"])
    bounds = dict(zip(known, np.searchsorted(codes, np.arange(len(known))).tolist(), strict=True))
    ends = dict(zip(known, np.searchsorted(codes, np.arange(len(known)), side="right").tolist(), strict=True))
    columns = (listeners[name].to_pylist() for name in ("listener_id", "country", "simulated_until"))
    for listener_id, country, until in zip(*columns, strict=True):
        begin = bounds.get(listener_id, 0)
        own = plays.slice(begin, ends.get(listener_id, 0) - begin)
        numbers = pa.array(np.arange(1, own.num_rows + 1))
        yield Heard(listener_id, country, until, own.add_column(0, "play_number", numbers))


def _described(plays: pa.Table, catalogue: pa.Table) -> pa.Table:
    """The plays with what the first row of the catalogue for the track says of it."""
    known, first = np.unique(np.array(catalogue["track_id"].to_pylist()), return_index=True)
    place = positions(plays["track_id"], known)
    row = pa.array(first[place])
    artists = catalogue["artist_names"].take(row)
    named = pc.call_function("coalesce", [artists, plays["artist_name"]])
    return plays.append_column("duration_ms", catalogue["duration_ms"].take(row)).append_column("artist_names", named)
