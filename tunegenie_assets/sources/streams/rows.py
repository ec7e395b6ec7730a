"""From records to rows of the raw tables in schemas/collected.py: pure functions of what a service sent.

Rows of what was looked up by id or name are in lookup_rows.py.
A column that the service left out is null. Plays are told by spotify_play_row and scrobble_row, which know their day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date

from tunegenie_assets.sources.clock import from_epoch
from tunegenie_assets.sources.services.lastfm import as_number, as_object, text_in
from tunegenie_assets.sources.services.state import Record
from tunegenie_assets.sources.streams.lookup_rows import LOOKUP_ROWS, Row, track_columns
from tunegenie_assets.sources.streams.registry import (
    CHARTS,
    PLAYLIST_ITEMS,
    PLAYLISTS,
    SAVED_TRACKS,
    TOP_ITEMS,
)
from tunegenie_assets.sources.streams.spotify_plays import WINDOW, started_at
from tunegenie_assets.sources.streams.stream import SNAPSHOT, WALK, utc

_ITEMS_A_PAGE = 1000
"""More than any page holds, so that line and position make one number."""


def spotify_play_row(record: Record) -> Row:
    """A row of RECENTLY_PLAYED."""
    item = json.loads(record.body)
    context = item.get("context") or {}
    return {
        "play_date": record.day,
        "started_at": started_at(item),
        "played_at": utc(item["played_at"]),
        **track_columns(item["track"]),
        "context_type": context.get("type"),
        "context_uri": context.get("uri"),
        "body": record.body,
        **_provenance(record),
    }


def page_row(record: Record) -> Row:
    """A row of RECENTLY_PLAYED_PAGES."""
    page = json.loads(record.body)
    return {
        "listener_id": record.subject,
        "requested_at": record.requested_at,
        "items": page["items"],
        "is_full": page["items"] >= WINDOW,
        "oldest_played_at": utc(page["oldest"]) if page["oldest"] else None,
        "newest_played_at": utc(page["newest"]) if page["newest"] else None,
    }


def scrobble_row(record: Record) -> Row:
    """A row of the history table LASTFM_SCROBBLES."""
    item = json.loads(record.body)
    artist, album = item["artist"], item.get("album")
    return {
        "play_date": record.day,
        "started_at": from_epoch(int(item["date"]["uts"])),
        "export_tool": "api",
        "precision_seconds": 1,
        "utc_time": item["date"].get("#text"),
        "artist": text_in(artist),
        "artist_mbid": as_object(artist).get("mbid") or None,
        "album": text_in(album),
        "album_mbid": as_object(album).get("mbid") or None,
        "track": item["name"],
        "track_mbid": item.get("mbid") or None,
        "other_fields": None,
        **_provenance(record),
    }


def _provenance(record: Record) -> Row:
    return {
        "listener_id": record.subject,
        "source_file": record.file,
        "source_row": record.line * _ITEMS_A_PAGE + record.position,
        "record_hash": hashlib.sha256(f"{record.stream}|{record.key}".encode()).hexdigest(),
        "ingested_at": record.requested_at,
    }


def _saved_track(record: Record, body: Row) -> Iterator[Row]:
    if record.key.startswith(WALK):
        return
    yield {"listener_id": record.subject, "added_at": utc(body["added_at"]), **track_columns(body["track"])}


def _top_item(record: Record, body: Row) -> Iterator[Row]:
    # A place without an item, as of what is gone from Spotify, says nothing.
    if record.key.startswith(SNAPSHOT) or not body["id"]:
        return
    snapshot_date, kind, time_range, rank = record.key.split("|")
    yield {
        "listener_id": record.subject,
        "snapshot_date": date.fromisoformat(snapshot_date),
        "kind": kind,
        "time_range": time_range,
        "rank": int(rank),
        "item_id": body["id"],
        "item_name": body["name"],
    }


def _playlist(record: Record, body: Row) -> Iterator[Row]:
    listed = body.get("items") or body.get("tracks") or {}
    yield {
        "listener_id": record.subject,
        "playlist_id": body["id"],
        "snapshot_id": body["snapshot_id"],
        "name": body.get("name"),
        "description": body.get("description"),
        "owner_id": (body.get("owner") or {}).get("id"),
        "is_collaborative": body.get("collaborative"),
        "is_public": body.get("public"),
        "items": listed.get("total"),
        "first_seen_at": record.requested_at,
    }


def _playlist_item(record: Record, body: Row) -> Iterator[Row]:
    if not body:
        return
    playlist_id, snapshot_id, position = record.key.split("|")
    yield {
        "listener_id": record.subject,
        "playlist_id": playlist_id,
        "snapshot_id": snapshot_id,
        "position": int(position),
        "added_at": utc(body["added_at"]) if body["added_at"] else None,
        "item_type": body["type"],
        "item_uri": body["uri"],
        "item_name": body["name"],
        "artist_name": body["artist"],
        "is_local": body["is_local"],
    }


def _chart(record: Record, body: Row) -> Iterator[Row]:
    if record.key.startswith(SNAPSHOT) or not body.get("name"):
        return
    yield {
        "snapshot_date": date.fromisoformat(body["snapshot_date"]),
        "kind": body["kind"],
        "rank": body["rank"],
        "name": body["name"],
        "artist_name": text_in(body.get("artist")),
        "listeners": as_number(body.get("listeners")),
        "playcount": as_number(body.get("playcount")),
    }


_ROWS: dict[str, Callable[[Record, Row], Iterator[Row]]] = {
    SAVED_TRACKS.name: _saved_track,
    TOP_ITEMS.name: _top_item,
    PLAYLISTS.name: _playlist,
    PLAYLIST_ITEMS.name: _playlist_item,
    CHARTS.name: _chart,
    **LOOKUP_ROWS,
}


def rows_of(record: Record) -> Iterator[Row]:
    """Rows of the table that is named like the record's stream, with every column that any of them may have."""
    for row in _ROWS[record.stream](record, json.loads(record.body)):
        yield {**row, "requested_at": record.requested_at, "body": record.body}
