"""The export of ListenBrainz: JSON lines today, one JSON array before.

What programs submitted as `additional_info` follows no schema: a field of another type than expected is left among
the other fields rather than costing the listen. What ListenBrainz wrote itself is held to its types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from tunegenie_assets.schemas.histories import LISTENBRAINZ_LISTENS
from tunegenie_assets.sources.clock import LONGEST_STREAM_MS, begin_of_stream
from tunegenie_assets.sources.formats.format import Format, has_fields
from tunegenie_assets.sources.formats.nested import LEAF, Known, filled, leaves, names_json, remaining_fields
from tunegenie_assets.sources.json_array import read_array
from tunegenie_assets.sources.json_lines import read_lines
from tunegenie_assets.sources.records import (
    Bounds,
    Fields,
    an_object,
    array,
    nested,
    number,
    seconds,
    stream_within,
    within,
)

START, END = "start", "end"

_SPOTIFY = "spotify.com"
_SPOTIFY_TRACK = re.compile(
    r"(?:https?://open\.spotify\.com/(?:intl-[a-z]+/)?track/|spotify:track:)?([0-9A-Za-z]{22})(?:[?#].*)?"
)
_INFO_TEXTS = ("isrc", "music_service", "submission_client", "original_submission_client")
# No piece of music is as long; a larger number is no length of time.
_LONGEST_MS = 100 * 24 * 60 * 60 * 1000


def _row(item: object, bounds: Bounds) -> Fields:
    record = an_object(item)
    listened_at = seconds(record, "listened_at")
    metadata = nested(record, "track_metadata")
    info = nested(metadata, "additional_info")
    from_info, info_known = _additional_info(info)
    anchor, started_at = _begin(listened_at, from_info, bounds)
    return {
        "started_at": started_at,
        "anchor": anchor,
        "listened_at": listened_at,
        "artist_name": filled(metadata, "artist_name"),
        "track_name": filled(metadata, "track_name"),
        "release_name": filled(metadata, "release_name"),
        "recording_msid": filled(metadata, "recording_msid") or filled(record, "recording_msid"),
        **from_info,
        **_mapping(nested(metadata, "mbid_mapping"), info),
        "other_fields": remaining_fields(record, _known(info_known)),
    }


def _begin(listened_at: datetime, from_info: Fields, bounds: Bounds) -> tuple[str, datetime]:
    """What `listened_at` is, and when the play began.

    The specification says the begin. ListenBrainz' own import of Spotify files stores the end, and only it leaves
    `ms_played` on a play from Spotify.
    """
    ms_played = cast("int | None", from_info["ms_played"])
    if from_info["music_service"] != _SPOTIFY or ms_played is None:
        within(bounds, "listened_at", listened_at)
        return START, listened_at
    stream_within(bounds, "listened_at", listened_at, "ms_played", ms_played)
    started_at = begin_of_stream(listened_at, ms_played)
    within(bounds, "listened_at", started_at)
    return END, started_at


def _additional_info(info: Mapping[str, object]) -> tuple[Fields, Known]:
    """The columns that the program which submitted the listen fills, and the fields that are in them as written."""
    fields: Fields = {name: _loose_text(info, name) for name in _INFO_TEXTS}
    fields["ms_played"] = _loose_number(info, "ms_played")
    fields["duration_ms"] = _loose_number(info, "duration_ms")
    known = leaves(*(name for name, value in fields.items() if value is not None))
    if fields["duration_ms"] is None:
        fields["duration_ms"] = _duration(info)
    fields["spotify_track_id"] = _spotify_track_id(info)
    return fields, known


def _duration(info: Mapping[str, object]) -> int | None:
    """Seconds by specification; some programs submit milliseconds under the same name.

    As seconds, their shortest pieces of music are longer than any stream.
    """
    duration = _loose_number(info, "duration", 1000)
    if duration is None:
        return None
    return duration if duration <= LONGEST_STREAM_MS else duration // 1000


def _spotify_track_id(info: Mapping[str, object]) -> str | None:
    for name in ("spotify_id", "origin_url"):
        match = _SPOTIFY_TRACK.fullmatch(_loose_text(info, name) or "")
        if match:
            return match[1]
    return None


def _mapping(mapping: Mapping[str, object], info: Mapping[str, object]) -> Fields:
    """What ListenBrainz found in MusicBrainz, else what was submitted."""
    artists = [artist for artist in array(mapping, "artists") if isinstance(artist, dict)]
    names = [filled(cast("dict[str, object]", artist), "artist_credit_name") for artist in artists]
    return {
        "recording_mbid": filled(mapping, "recording_mbid") or _loose_text(info, "recording_mbid"),
        "release_mbid": filled(mapping, "release_mbid") or _loose_text(info, "release_mbid"),
        "artist_mbids": names_json(_loose_texts(mapping, "artist_mbids") or _loose_texts(info, "artist_mbids")),
        "mapped_recording_name": filled(mapping, "recording_name"),
        "mapped_artist_names": names_json([name for name in names if name]),
    }


def _known(info_known: Known) -> Known:
    """Where a column has several candidates, all but the first stay among the other fields."""
    return {
        "listened_at": LEAF,
        "track_metadata": {
            **leaves("artist_name", "track_name", "release_name", "recording_msid"),
            "additional_info": info_known,
            "mbid_mapping": leaves("recording_mbid", "release_mbid", "artist_mbids", "recording_name"),
        },
    }


def _loose_text(info: Mapping[str, object], name: str) -> str | None:
    value = info.get(name)
    return value if isinstance(value, str) and value else None


def _loose_texts(info: Mapping[str, object], name: str) -> list[str]:
    value = info.get(name)
    values = cast("list[object]", value) if isinstance(value, list) else []
    return [text for text in values if isinstance(text, str) and text]


def _loose_number(info: Mapping[str, object], name: str, scale: int = 1) -> int | None:
    """The number of 0 or more under the field, also as digits in a string, times `scale` and rounded."""
    value = number(info.get(name))
    return round(value * scale) if value is not None and 0 <= value <= _LONGEST_MS else None


LISTENBRAINZ_LINES = Format(
    table=LISTENBRAINZ_LISTENS,
    description="ListenBrainz export",
    items=read_lines,
    recognises=has_fields("listened_at", "track_metadata"),
    row=_row,
    begins_with="{",
)
LISTENBRAINZ_ARRAY = replace(LISTENBRAINZ_LINES, items=read_array, begins_with="[")
