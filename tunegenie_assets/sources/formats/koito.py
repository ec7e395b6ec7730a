"""The export of Koito: one JSON object with all listens; names are lists of aliases, of which one is primary.

Its times are begins, or ends where it imported from Spotify; nothing in a record tells which, so they are left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from tunegenie_assets.schemas.histories import KOITO_LISTENS
from tunegenie_assets.sources.formats.format import Format, has_fields
from tunegenie_assets.sources.formats.nested import (
    filled,
    leaves,
    lengths,
    milliseconds,
    names_json,
    read_object,
    remaining_fields,
)
from tunegenie_assets.sources.records import (
    Bounds,
    Fields,
    RecordRejectedError,
    an_object,
    array,
    nested,
    require,
    text,
    within,
    wrong_type,
)

_TIME = "a time such as 2019-01-01T10:00:00Z"
_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
# The aliases stay among the other fields: the ones that are not primary have no column.
_KNOWN = {**leaves("listened_at", "client"), "album": leaves("mbid")}


def _row(item: object, bounds: Bounds) -> Fields:
    record = an_object(item)
    listened_at = _listened_at(record)
    within(bounds, "listened_at", listened_at)
    track, album = nested(record, "track"), nested(record, "album")
    artists = [_object_in("artists", artist) for artist in array(record, "artists")]
    main = next((artist for artist in artists if artist.get("is_primary") is True), artists[0] if artists else {})
    return {
        "started_at": listened_at,
        "listened_at": listened_at,
        "client": filled(record, "client"),
        "track_title": _primary_alias(track),
        "track_mbid": filled(track, "mbid"),
        "duration_ms": milliseconds(track, "duration"),
        "album_title": _primary_alias(album),
        "album_mbid": filled(album, "mbid"),
        "artist_name": _primary_alias(main),
        "artist_names": names_json([name for artist in artists if (name := _primary_alias(artist))]),
        "other_fields": remaining_fields(record, {**_KNOWN, "track": {**leaves("mbid"), **lengths(track, "duration")}}),
    }


def _listened_at(record: Mapping[str, object]) -> datetime:
    require(record, {"listened_at": _TIME})
    written = text(record, "listened_at") or ""
    match = _RFC_3339.fullmatch(written)
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3].upper()}" if match else "")
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        detail = f"field listened_at: found {written[:40]!a}, expected {_TIME}"
        raise RecordRejectedError("bad_timestamp", detail) from error


def _primary_alias(named: Mapping[str, object]) -> str | None:
    """The primary name of a track, album or artist, else its first; None when it has none."""
    aliases = [_object_in("aliases", alias) for alias in array(named, "aliases")]
    primary = [alias for alias in aliases if alias.get("is_primary") is True]
    return next((name for alias in (*primary, *aliases) if (name := filled(alias, "alias"))), None)


def _object_in(name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise wrong_type(name, value, "an array of objects")
    return cast("dict[str, object]", value)


KOITO = Format(
    table=KOITO_LISTENS,
    description="Koito export",
    items=read_object,
    recognises=has_fields("listened_at", "track"),
    row=_row,
    begins_with="{",
)
