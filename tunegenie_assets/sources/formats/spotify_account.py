"""The streaming history in Spotify's account data, the last year: music, podcasts and audiobooks, old files and new.

Its times are the ends of streams, UTC, cut to the minute; it names tracks and gives no id.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import cast

from tunegenie_assets.schemas.histories import SPOTIFY_ACCOUNT_HISTORY
from tunegenie_assets.sources.clock import begin_of_stream
from tunegenie_assets.sources.formats.format import Format, has_fields
from tunegenie_assets.sources.json_array import read_array
from tunegenie_assets.sources.records import (
    Bounds,
    Fields,
    RecordRejectedError,
    an_object,
    other_fields,
    require,
    stream_within,
    typed,
    within,
)

_TIME = "a time such as 2019-01-01 10:00"
_REQUIRED = {"endTime": _TIME, "msPlayed": "an integer of 0 or more"}
_END_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
# Our columns by what they are called; of two names for one column the first that is filled counts.
_TEXTS = {
    "artistName": "artist_name",
    "trackName": "track_name",
    "podcastName": "podcast_name",
    "episodeName": "episode_name",
    "authorName": "author_name",
    "audiobookName": "audiobook_name",
    "audiobookTitle": "audiobook_name",
    "chapterName": "chapter_name",
    "chapterTitle": "chapter_name",
}
_FIELD_TYPES: dict[str, type] = {"endTime": str, "msPlayed": int, **dict.fromkeys(_TEXTS, str)}


def _row(item: object, bounds: Bounds) -> Fields:
    record = an_object(item)
    require(record, _REQUIRED)
    given = typed(record, _FIELD_TYPES)
    end_time = _end_time(cast("str", given["endTime"]))
    ms_played = cast("int", given["msPlayed"])
    stream_within(bounds, "endTime", end_time, "msPlayed", ms_played)
    started_at = begin_of_stream(end_time, ms_played)
    within(bounds, "endTime", started_at)
    fields: Fields = {"started_at": started_at, "end_time": end_time, "ms_played": ms_played}
    known = {"endTime", "msPlayed"}
    for name, column in _TEXTS.items():
        if fields.get(column) is None:
            fields[column] = given[name]
            known.add(name)
    fields["other_fields"] = other_fields(record, known)
    return fields


def _end_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text if _END_TIME.fullmatch(text) else "")
    except ValueError as error:
        raise RecordRejectedError("bad_timestamp", f"field endTime: found {text[:40]!a}, expected {_TIME}") from error


SPOTIFY_ACCOUNT = Format(
    table=SPOTIFY_ACCOUNT_HISTORY,
    description="streaming history of Spotify's account data",
    items=read_array,
    recognises=has_fields("endTime", "msPlayed"),
    row=_row,
    begins_with="[",
)
