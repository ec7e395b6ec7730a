"""The export of Maloja: one JSON object with all scrobbles.

Its times are begin or end, as whoever scrobbled chose; the merge of plays knows that, so they are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from tunegenie_assets.schemas.histories import MALOJA_SCROBBLES
from tunegenie_assets.sources.formats.format import Format, has_fields
from tunegenie_assets.sources.formats.nested import (
    Known,
    filled,
    leaves,
    lengths,
    milliseconds,
    names_in,
    names_json,
    read_object,
    remaining_fields,
)
from tunegenie_assets.sources.records import Bounds, Fields, an_object, nested, seconds, within

# How YouTube Music joins the artists of a track.
_JOINED = " \u2022 "


def _row(item: object, bounds: Bounds) -> Fields:
    record = an_object(item)
    time = seconds(record, "time")
    within(bounds, "time", time)
    track = nested(record, "track")
    album = nested(track, "album")
    artists = names_in(track, "artists")
    return {
        "started_at": time,
        "time": time,
        "artist_name": _first_artist(artists),
        "artist_names": names_json(artists),
        "title": filled(track, "title"),
        "album_title": filled(album, "albumtitle"),
        "album_artist_names": names_json(names_in(album, "artists")),
        "length_ms": milliseconds(track, "length"),
        "ms_played": milliseconds(record, "duration"),
        "origin": filled(record, "origin"),
        "other_fields": remaining_fields(record, _known(record, track)),
    }


def _known(record: Mapping[str, object], track: Mapping[str, object]) -> Known:
    return {
        **leaves("time", "origin"),
        **lengths(record, "duration"),
        "track": {
            **leaves("artists", "title"),
            **lengths(track, "length"),
            "album": leaves("albumtitle", "artists"),
        },
    }


def _first_artist(artists: list[str]) -> str | None:
    """The main artist: Maloja may put a guest before `main \u2022 guest`."""
    if not artists:
        return None
    joined = next((artist for artist in artists if _JOINED in artist), artists[0])
    return joined.split(_JOINED)[0]


MALOJA = Format(
    table=MALOJA_SCROBBLES,
    description="Maloja export",
    items=read_object,
    recognises=has_fields("time", "track"),
    row=_row,
    begins_with="{",
)
