"""From records to rows of the raw tables in schemas/collected.py: pure functions of what a service sent.

A column that the service left out is null. Plays are told by spotify_play_row and scrobble_row, which know their day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from tunegenie_assets.sources.clock import from_epoch
from tunegenie_assets.sources.services.state import Record
from tunegenie_assets.sources.streams.registry import (
    ALBUMS,
    ARTIST_TAGS,
    ARTISTS,
    AUDIO_FEATURES,
    CHARTS,
    PLAYLIST_ITEMS,
    PLAYLISTS,
    SAVED_TRACKS,
    TOP_ITEMS,
    TRACKS,
)
from tunegenie_assets.sources.streams.spotify_catalogue import UNAVAILABLE
from tunegenie_assets.sources.streams.spotify_plays import WINDOW, started_at
from tunegenie_assets.sources.streams.stream import WALK, utc

Row = dict[str, Any]
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
        **_track(item["track"]),
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
    artist, album = _text_or_name(item["artist"]), _text_or_name(item.get("album") or {})
    return {
        "play_date": record.day,
        "started_at": from_epoch(int(item["date"]["uts"])),
        "export_tool": "api",
        "precision_seconds": 1,
        "utc_time": item["date"].get("#text"),
        "artist": artist,
        "artist_mbid": item["artist"].get("mbid") or None,
        "album": album,
        "album_mbid": (item.get("album") or {}).get("mbid") or None,
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
    yield {"listener_id": record.subject, "added_at": utc(body["added_at"]), **_track(body["track"])}


def _top_item(record: Record, body: Row) -> Iterator[Row]:
    item = body["item"]
    yield {
        "listener_id": record.subject,
        "snapshot_date": date.fromisoformat(body["snapshot_date"]),
        "kind": body["kind"],
        "time_range": body["time_range"],
        "rank": body["rank"],
        "item_id": item["id"],
        "item_name": item.get("name"),
    }


def _playlist(record: Record, body: Row) -> Iterator[Row]:
    listed = body.get("items") or body.get("tracks") or {}
    yield {
        "listener_id": record.subject,
        "playlist_id": body["id"],
        "snapshot_id": body["snapshot_id"],
        "name": body["name"],
        "description": body.get("description"),
        "owner_id": body["owner"]["id"],
        "is_collaborative": body.get("collaborative"),
        "is_public": body.get("public"),
        "items": listed.get("total"),
        "first_seen_at": record.requested_at,
    }


def _playlist_item(record: Record, body: Row) -> Iterator[Row]:
    if not body:
        return
    item = body.get("item") or body.get("track") or {}
    artists = item.get("artists") or []
    yield {
        "listener_id": record.subject,
        "playlist_id": body["playlist_id"],
        "snapshot_id": body["snapshot_id"],
        "position": body["position"],
        "added_at": utc(body["added_at"]) if body.get("added_at") else None,
        "item_type": item.get("type"),
        "item_uri": item.get("uri"),
        "item_name": item.get("name"),
        "artist_name": artists[0]["name"] if artists else None,
        "is_local": body.get("is_local"),
    }


def _catalogue_track(record: Record, body: Row) -> Iterator[Row]:
    track = _track(body)
    del track["track_uri"], track["is_local"]
    yield {
        **track,
        "track_id": record.key,
        "release_date": (body.get("album") or {}).get("release_date"),
        "explicit": body.get("explicit"),
        "popularity": body.get("popularity"),
    }


def _album(record: Record, body: Row) -> Iterator[Row]:
    artist = _first(body.get("artists"))
    yield {
        "album_id": record.key,
        "album_name": body.get("name"),
        "album_type": body.get("album_type"),
        "artist_id": artist.get("id"),
        "artist_name": artist.get("name"),
        "release_date": body.get("release_date"),
        "total_tracks": body.get("total_tracks"),
        "upc": (body.get("external_ids") or {}).get("upc"),
        "label": body.get("label"),
        "popularity": body.get("popularity"),
    }


def _artist(record: Record, body: Row) -> Iterator[Row]:
    genres = body.get("genres")
    yield {
        "artist_id": record.key,
        "artist_name": body.get("name"),
        "genres": json.dumps(genres, ensure_ascii=False) if genres else None,
        "popularity": body.get("popularity"),
        "followers": (body.get("followers") or {}).get("total"),
    }


_FEATURES = (
    "danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness", "liveness", "valence",
    "tempo", "key", "mode", "time_signature",
)  # fmt: skip


def _audio_features(record: Record, body: Row) -> Iterator[Row]:
    if record.key.startswith(UNAVAILABLE):
        return
    yield {"track_id": record.key, **{name: body.get(name) for name in _FEATURES}}


def _artist_tags(record: Record, body: Row) -> Iterator[Row]:
    # Tags that differ in case are one: the first has the higher count.
    counts: dict[str | None, int | None] = {}
    for tag in body["tags"]:
        counts.setdefault(tag["name"].lower(), tag["count"])
    for name, count in (counts or {None: None}).items():
        yield {"artist_name": body["artist"], "tag": name, "count": count}


def _chart(record: Record, body: Row) -> Iterator[Row]:
    yield {
        "snapshot_date": date.fromisoformat(body["snapshot_date"]),
        "kind": body["kind"],
        "rank": body["rank"],
        "name": body["name"],
        "artist_name": (body.get("artist") or {}).get("name"),
        "listeners": int(body["listeners"]),
        "playcount": int(body["playcount"]),
    }


def _track(track: Mapping[str, Any]) -> Row:
    artists = track.get("artists") or []
    first, album = _first(artists), track.get("album") or {}
    return {
        "track_id": track.get("id"),
        "track_uri": track.get("uri"),
        "track_name": track.get("name"),
        "artist_id": first.get("id"),
        "artist_name": first.get("name"),
        "artist_names": json.dumps([artist["name"] for artist in artists], ensure_ascii=False) if artists else None,
        "album_id": album.get("id"),
        "album_name": album.get("name"),
        "duration_ms": track.get("duration_ms"),
        "isrc": (track.get("external_ids") or {}).get("isrc"),
        "is_local": track.get("is_local"),
    }


def _first(artists: list[Row] | None) -> Row:
    return artists[0] if artists else {}


def _text_or_name(value: Mapping[str, Any]) -> str | None:
    """The text of a Last.fm element: under `#text`, or `name` where more was asked for."""
    return value.get("#text") or value.get("name") or None


_ROWS: dict[str, Callable[[Record, Row], Iterator[Row]]] = {
    SAVED_TRACKS.name: _saved_track,
    TOP_ITEMS.name: _top_item,
    PLAYLISTS.name: _playlist,
    PLAYLIST_ITEMS.name: _playlist_item,
    TRACKS.name: _catalogue_track,
    ALBUMS.name: _album,
    ARTISTS.name: _artist,
    AUDIO_FEATURES.name: _audio_features,
    ARTIST_TAGS.name: _artist_tags,
    CHARTS.name: _chart,
}


def rows_of(record: Record) -> Iterator[Row]:
    """Rows of the table that is named like the record's stream, with every column that any of them may have."""
    for row in _ROWS[record.stream](record, json.loads(record.body)):
        yield {**row, "requested_at": record.requested_at, "body": record.body}
