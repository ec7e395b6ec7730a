"""The plays as they are, for people and for tests of the merge, and what each record of each export means."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ml.listeners.exports.export import Export, Member
from ml.listeners.exports.export_format import ExportFormat
from ml.listeners.exports.heard import Heard

TRUTH = "truth"
RECORDS = "records.csv"
_AS_THEY_ARE = (
    *("ms_played", "track_id", "track_name", "artist_name", "album_name"),
    *("platform", "reason_start", "reason_end", "shuffle", "skipped"),
)


def plays_as_they_are(heard: Heard) -> pa.Table:
    """Every play by its number, with times in UTC to the millisecond."""
    return pa.table(
        {
            "listener_id": pa.repeat(heard.listener_id, heard.plays.num_rows),
            "play_number": heard.column("play_number"),
            "started_at": _milliseconds(heard.column("started_at")),
            "ended_at": _milliseconds(heard.column("ended_at")),
            **{name: heard.column(name) for name in _AS_THEY_ARE},
        }
    )


def records_of(exports: Mapping[ExportFormat, Export]) -> pa.Table:
    """For each record of the exports its format, its file, its place there from 0, and the play that it is of.

    `file` is the export, `member` the file in it, which of an export that is no zip is the same.
    """
    places = [_places(name, export.name, member) for name, export in exports.items() for member in export.members]
    return pa.concat_tables([_PLACES.empty_table(), *places])


_PLACES = pa.schema(
    [
        *((name, pa.string()) for name in ("format", "file", "member")),
        *((name, pa.int64()) for name in ("row", "play_number")),
    ]
)


def _places(name: ExportFormat, file: str, member: Member) -> pa.Table:
    count = member.rows.num_rows
    texts = [pa.repeat(text, count) for text in (name.value, file, member.name)]
    return pa.table([*texts, pa.array(np.arange(count)), member.play_number], schema=_PLACES)


def _milliseconds(times: pa.Array) -> pa.Array:
    options = pc.StrftimeOptions("%Y-%m-%dT%H:%M:%SZ")
    return pc.call_function("strftime", [times.cast(pa.timestamp("ms"), safe=False)], options)
