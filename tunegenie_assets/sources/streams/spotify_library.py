"""What a listener keeps at Spotify: saved tracks, top items, playlists and what is on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from tunegenie_assets.sources.services.pages import LandedPage
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.services.state import Record
from tunegenie_assets.sources.streams.stream import (
    SNAPSHOT,
    WALK,
    BadItem,
    Item,
    Stream,
    each,
    latest_whole,
    snapshot_of,
    text_of,
    utc,
    walk_item,
    walked,
)

BEGAN = "walk_began"
"""Parameter of our own in landed requests: when the walk began that the page is of."""
ADDED_AFTER = "added_after"
"""Likewise: how far back it went; absent of a walk to the end."""
_COMPLETE = "complete"


def _saved_tracks(landed: LandedPage, page: Any) -> Iterator[Item | BadItem]:
    request = landed.page.request
    after = utc(request[ADDED_AFTER]) if ADDED_AFTER in request else None
    oldest: datetime | None = None

    def saved(item: Any) -> Item | None:
        nonlocal oldest
        oldest = utc(item["added_at"])
        return Item(text_of(item["track"], "uri"), item) if item.get("track") is not None else None

    yield from each(page["items"], saved)
    if page["next"] is None or (after is not None and oldest is not None and oldest <= after):
        yield walk_item(after or datetime.min, utc(request[BEGAN]))  # noqa: DTZ901 - naive UTC


def still_saved(records: Iterable[Record]) -> list[Record]:
    """Of the records of saved tracks those that the latest walk to the end saw, or a later page."""
    told: dict[str, list[Record]] = {}
    for record in records:
        told.setdefault(record.subject, []).append(record)
    still: list[Record] = []
    for of_listener in told.values():
        began = latest_whole(walked(of_listener))
        still += [record for record in of_listener if began is None or record.requested_at >= began]
    return still


def _top_items(landed: LandedPage, page: Any) -> Iterator[Item | BadItem]:
    kind = landed.page.request["path"].rstrip("/").rsplit("/", 1)[-1]
    time_range = landed.page.request["time_range"]
    day = landed.page.requested_at.date()

    def top(ranked: tuple[int, Any]) -> Item:
        rank, item = ranked
        # Hundreds a day for each listener, which landing holds verbatim: only what becomes a column.
        return Item(f"{day}|{kind}|{time_range}|{rank:03d}", {"id": item["id"], "name": item.get("name")})

    yield from each(enumerate(page["items"], start=page.get("offset", 0) + 1), top)
    yield Item(snapshot_of(day, kind, time_range), {})


def _playlists(landed: LandedPage, page: Any) -> Iterator[Item | BadItem]:
    def playlist(item: Any) -> Item | None:
        if item is None:
            return None
        return Item(snapshot_key(text_of(item, "id"), text_of(item, "snapshot_id")), item)

    yield from each(page["items"], playlist)


def _playlist_items(landed: LandedPage, page: Any) -> Iterator[Item | BadItem]:
    request = landed.page.request
    playlist_id, snapshot_id = request["playlist_id"], request["snapshot_id"]

    def placed(placed_item: tuple[int, Any]) -> Item:
        position, item = placed_item
        # `item` took the place of `track`; either is null for what is no longer available. Every snapshot is kept,
        # and landing holds it verbatim: only what becomes a column.
        content = item.get("item") or item.get("track") or {}
        body = {
            "added_at": item.get("added_at"),
            "is_local": item.get("is_local"),
            **{name: content.get(name) for name in ("type", "uri", "name")},
            "artist": next((artist.get("name") for artist in content.get("artists") or []), None),
        }
        return Item(f"{snapshot_key(playlist_id, snapshot_id)}|{position:05d}", body)

    yield from each(enumerate(page["items"], start=page["offset"]), placed)
    if page["next"] is None:
        yield Item(complete_key(playlist_id, snapshot_id), {})


def _kept_from_us(landed: LandedPage) -> str:
    """Others' playlists are listed with the account's own, and their items kept from it."""
    return complete_key(landed.page.request["playlist_id"], landed.page.request["snapshot_id"])


def snapshot_key(playlist_id: str, snapshot_id: str) -> str:
    return f"{playlist_id}|{snapshot_id}"


def complete_key(playlist_id: str, snapshot_id: str) -> str:
    """The key that tells that all items of a snapshot are known."""
    return f"{_COMPLETE}|{snapshot_key(playlist_id, snapshot_id)}"


SAVED_TRACKS = Stream("spotify", "spotify_saved_tracks", Purpose.LIBRARY, _saved_tracks, marks=(WALK,))
TOP_ITEMS = Stream("spotify", "spotify_top_items", Purpose.LIBRARY, _top_items, marks=(SNAPSHOT,))
# Of a snapshot the first page tells when it was first seen, which is what trends are made of.
PLAYLISTS = Stream("spotify", "spotify_playlists", Purpose.LIBRARY, _playlists, first_counts=True)
PLAYLIST_ITEMS = Stream(
    "spotify",
    "spotify_playlist_items",
    Purpose.LIBRARY,
    _playlist_items,
    first_counts=True,
    marks=(_COMPLETE,),
    missing_key=_kept_from_us,
)
