"""The Spotify extended streaming history: audio and video files, of old exports and new.

Changes no value, save that digits in a string are a number: what is doubtful about a play (overlaps, lengths,
duplicates) is decided where plays are merged.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import cast

import pyarrow as pa

from tunegenie_assets.schemas.histories import SPOTIFY_EXTENDED_HISTORY
from tunegenie_assets.schemas.table import PROVENANCE
from tunegenie_assets.sources.clock import begin_of_spotify_stream
from tunegenie_assets.sources.formats.format import Format, has_fields
from tunegenie_assets.sources.json_array import read_array
from tunegenie_assets.sources.records import (
    Bounds,
    Fields,
    RecordRejectedError,
    an_object,
    integer,
    other_fields,
    require,
    stream_within,
    typed,
    within,
)

_OLD_NAMES = {"ip_addr_decrypted": "ip_addr"}
_TIME = "a time such as 2019-01-01T10:00:00Z"
_REQUIRED = {"ts": _TIME, "ms_played": "an integer of 0 or more"}
_TS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)Z")
# `ts` is then when the program started again.
_CRASH = "unexpected-exit"

_PYTHON_TYPES: dict[pa.DataType, type] = {pa.string(): str, pa.int64(): int, pa.bool_(): bool, pa.timestamp("us"): str}
_NOT_OF_THE_SOURCE = {
    *("play_date", "started_at", "started_from", "other_fields"),
    *(column.name for column in PROVENANCE),
}
_OFFLINE_TIMESTAMP = "offline_timestamp"
_FIELD_TYPES = {
    column.name: _PYTHON_TYPES[column.type]
    for column in SPOTIFY_EXTENDED_HISTORY.columns
    if column.name not in {*_NOT_OF_THE_SOURCE, _OFFLINE_TIMESTAMP}
}

_KNOWN = {*_FIELD_TYPES, _OFFLINE_TIMESTAMP}


def _row(item: object, bounds: Bounds) -> Fields:
    record = _renamed(an_object(item))
    require(record, _REQUIRED)
    fields = typed(record, _FIELD_TYPES)
    ended_at = _timestamp(cast("str", fields["ts"]))
    ms_played = cast("int", fields["ms_played"])
    offline_timestamp = integer(record.get(_OFFLINE_TIMESTAMP))
    stream_within(bounds, "ts", ended_at, "ms_played", ms_played)
    started_at, started_from = begin_of_spotify_stream(
        ended_at,
        ms_played,
        offline_timestamp=offline_timestamp,
        ts_is_late=fields["offline"] is True or cast("str", fields["reason_end"] or "").startswith(_CRASH),
    )
    within(bounds, started_from, started_at)
    fields["started_at"] = started_at
    fields["started_from"] = started_from
    fields["ts"] = ended_at
    fields[_OFFLINE_TIMESTAMP] = offline_timestamp
    is_lost = offline_timestamp is None and record.get(_OFFLINE_TIMESTAMP) is not None
    fields["other_fields"] = other_fields(record, _FIELD_TYPES.keys() if is_lost else _KNOWN)
    return fields


def _renamed(original: dict[str, object]) -> dict[str, object]:
    """The record under today's field names; an old name whose new name is taken stays as it is."""
    old_names = [old for old, new in _OLD_NAMES.items() if old in original and original.get(new) is None]
    if not old_names:
        return original
    fields = dict(original)
    for old in old_names:
        fields[_OLD_NAMES[old]] = fields.pop(old)
    return fields


def _timestamp(text: str) -> datetime:
    match = _TS.fullmatch(text)
    try:
        return datetime.fromisoformat(match[1] if match else "")
    except ValueError as error:
        raise RecordRejectedError("bad_timestamp", f"field ts: found {text[:40]!a}, expected {_TIME}") from error


SPOTIFY_EXTENDED = Format(
    table=SPOTIFY_EXTENDED_HISTORY,
    description="Spotify extended streaming history",
    items=read_array,
    recognises=has_fields("ts", "ms_played"),
    row=_row,
    begins_with="[",
)
