"""Spotify's recently played tracks: the last 50 plays of a listener, newest first.

`played_at` is when a play ended. A play may arrive hours late or out of order, so every page is taken in whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tunegenie_assets.sources.services.pages import LandedPage
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.streams.stream import NO_PAGE, BadItem, Item, Stream, each, text_of, utc

WINDOW = 50
"""Plays that the service keeps; older ones are gone."""
PAGE = "page"
"""Begins the keys of records that tell of a page itself: how full it was, and from when to when its plays are."""


def started_at(item: dict[str, Any]) -> datetime:
    """When the play began if the whole track was heard; the service does not tell how much was.

    Of a track without a length it is when the play ended.
    """
    return utc(item["played_at"]) - timedelta(milliseconds=item["track"].get("duration_ms") or 0)


def _items(landed: LandedPage, page: Any) -> Iterator[Item | BadItem]:
    items: list[Any] = page["items"]
    times = [found for found in map(_ended_at, items) if found is not None]
    requested_at = landed.page.requested_at.isoformat()
    oldest, newest = (str(found) if found else None for found in (min(times, default=None), max(times, default=None)))
    yield Item(f"{PAGE}|{requested_at}", {"items": len(items), "oldest": oldest, "newest": newest})
    yield from each(items, _play)


def _ended_at(item: Any) -> datetime | None:
    try:
        return utc(item["played_at"])
    except NO_PAGE:
        # The play itself is told of as an item that cannot be read.
        return None


def _play(item: Any) -> Item | None:
    if utc(item["played_at"]) and item.get("track") is None:
        return None
    # Two plays can end in one moment, and a local file has no id.
    return Item(f"{item['played_at']}|{text_of(item['track'], 'uri')}", item, started_at(item).date())


RECENTLY_PLAYED = Stream("spotify", "spotify_recently_played", Purpose.PLAYS, _items, first_counts=True, marks=(PAGE,))
