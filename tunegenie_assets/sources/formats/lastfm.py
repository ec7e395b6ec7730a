"""Exports of Last.fm scrobbles by the tools that listeners use: ghan.nl (JSON and CSV) and benjaminbenben (CSV).

Their times are begins, UTC. Last.fm corrects names later, so that two exports may name the same scrobble differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from tunegenie_assets.schemas.histories import LASTFM_SCROBBLES
from tunegenie_assets.sources.csv_rows import read_rows, read_rows_under_header
from tunegenie_assets.sources.formats.format import Format, has_fields
from tunegenie_assets.sources.formats.nested import LEAF, filled, leaves, read_object, remaining_fields
from tunegenie_assets.sources.json_array import Readable, read_array
from tunegenie_assets.sources.records import (
    Bounds,
    Fields,
    RecordRejectedError,
    an_object,
    kind,
    nested,
    require,
    seconds,
    within,
)

GHAN, BENJAMINBENBEN = "ghan", "benjaminbenben"

# One item is a page of up to 1000 scrobbles, of about 1.5 kB each.
_MAX_PAGE_CHARACTERS = 1 << 24
_TIME = "a time such as 1 Jan 2019 10:00"
# By hand, since the month names of strptime follow the machine's language.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN_TIME = re.compile(r"([0-9]{1,2}) ([A-Za-z]{3}) ([0-9]{4}),? ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_CSV_TEXTS = ("artist", "artist_mbid", "album", "album_mbid", "track", "track_mbid")
_CSV_KNOWN = leaves("uts", "utc_time", "date", *_CSV_TEXTS)
_JSON_KNOWN = {
    "name": LEAF,
    "mbid": LEAF,
    "date": leaves("uts", "#text"),
    "artist": leaves("#text", "name", "mbid"),
    "album": leaves("#text", "mbid"),
}


def _json_row(item: object, bounds: Bounds) -> Fields:
    record = an_object(item)
    if record.get("date") is None and nested(record, "@attr").get("nowplaying") in (True, "true"):
        raise RecordRejectedError("now_playing", "field date: no such field, since the track was still playing")
    require(record, {"date": "an object with the field uts"})
    date = nested(record, "date")
    started_at = seconds(date, "uts")
    within(bounds, "uts", started_at)
    artist, artist_mbid = _named(record, "artist")
    album, album_mbid = _named(record, "album")
    return {
        "started_at": started_at,
        "export_tool": GHAN,
        "precision_seconds": 1,
        "utc_time": filled(date, "#text"),
        "artist": artist,
        "artist_mbid": artist_mbid,
        "album": album,
        "album_mbid": album_mbid,
        "track": filled(record, "name"),
        "track_mbid": filled(record, "mbid"),
        "other_fields": remaining_fields(record, _JSON_KNOWN),
    }


def _named(record: Mapping[str, object], name: str) -> tuple[str | None, str | None]:
    """Name and MusicBrainz id of an artist or album; Last.fm's extended answers say `name` for `#text`."""
    named = nested(record, name)
    return filled(named, "#text") or filled(named, "name"), filled(named, "mbid")


def _csv_row(item: object, bounds: Bounds) -> Fields:
    record = an_object(item)
    written = filled(record, "utc_time") or filled(record, "date")
    if filled(record, "uts"):
        started_at, precision_seconds = seconds(record, "uts"), 1
        within(bounds, "uts", started_at)
    else:
        started_at, precision_seconds = _written_time(written, bounds)
    return {
        "started_at": started_at,
        "export_tool": GHAN,
        "precision_seconds": precision_seconds,
        "utc_time": written,
        **{name: filled(record, name) for name in _CSV_TEXTS},
        "other_fields": remaining_fields(record, _CSV_KNOWN),
    }


def _headless_row(item: object, bounds: Bounds) -> Fields:
    if not isinstance(item, list):
        raise RecordRejectedError("not_an_array", f"found {kind(item)}, expected four fields")
    artist, album, track, written = cast("list[str]", item)
    started_at, precision_seconds = _written_time(written, bounds)
    return {
        "started_at": started_at,
        "export_tool": BENJAMINBENBEN,
        "precision_seconds": precision_seconds,
        "utc_time": written,
        "artist": artist or None,
        "album": album or None,
        "track": track or None,
    }


def _written_time(written: str | None, bounds: Bounds) -> tuple[datetime, int]:
    """The moment (naive UTC) that the text says, and the seconds to which it is given."""
    if not written:
        raise RecordRejectedError("missing_field", f"the time: found nothing, expected {_TIME}")
    match = _WRITTEN_TIME.fullmatch(written.strip())
    try:
        day, month, year, hour, minute, second = match.groups() if match else ("",) * 6
        iso = f"{year}-{_MONTHS.index(month.lower()) + 1:02}-{day:0>2} {hour:0>2}:{minute}:{second or '00'}"
        moment = datetime.fromisoformat(iso)
    except ValueError as error:
        raise RecordRejectedError(
            "bad_timestamp", f"the time: found a string of another form, expected {_TIME}"
        ) from error
    within(bounds, "time", moment)
    return moment, 1 if second else 60


def _recognises_headless(item: object) -> bool:
    if not isinstance(item, list):
        return False
    cells = cast("list[object]", item)
    return (
        len(cells) == 4
        and all(isinstance(cell, str) for cell in cells)
        and _WRITTEN_TIME.fullmatch(str(cells[3]).strip()) is not None
    )


def _recognises_track(item: object) -> bool:
    return _HAS_NAMES(item) and (_HAS_DATE(item) or _HAS_ATTRIBUTES(item))


def _recognises_csv_row(item: object) -> bool:
    return _HAS_UTS(item) or _IS_LEGACY(item)


def _tracks(stream: Readable) -> Iterator[object]:
    """The scrobbles of all pages in `stream`; an item that is no page is one itself."""
    for page in read_array(stream, _MAX_PAGE_CHARACTERS):
        tracks = cast("dict[str, object]", page).get("track", page) if isinstance(page, dict) else page
        if isinstance(tracks, list) and tracks is not page:
            yield from cast("list[object]", tracks)
        else:
            yield tracks


def _four_cells(stream: Readable) -> Iterator[object]:
    return read_rows(stream, width=4)


_HAS_NAMES = has_fields("name", "artist")
_HAS_DATE = has_fields("date")
_HAS_ATTRIBUTES = has_fields("@attr")
_HAS_UTS = has_fields("uts", "artist", "track")
_IS_LEGACY = has_fields("artist", "album", "track", "date")

LASTFM_PAGES = Format(
    table=LASTFM_SCROBBLES,
    description="Last.fm scrobbles (ghan.nl JSON or CSV, benjaminbenben CSV)",
    items=_tracks,
    recognises=_recognises_track,
    row=_json_row,
    begins_with="[",
)
LASTFM_PAGE = replace(LASTFM_PAGES, items=read_object, begins_with="{")
LASTFM_CSV = replace(
    LASTFM_PAGES, items=read_rows_under_header, recognises=_recognises_csv_row, row=_csv_row, begins_with=""
)
LASTFM_HEADLESS_CSV = replace(
    LASTFM_PAGES, items=_four_cells, recognises=_recognises_headless, row=_headless_row, begins_with=""
)
