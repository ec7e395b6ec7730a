"""Spotify's recently played tracks: the last 50 plays of a listener, newest first.

`played_at` is when a play ended. A play may arrive hours late or out of order, so every page is taken in whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tunegenie_assets.sources.services.pages import LandedPage
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.streams.stream import Item, Stream, utc

WINDOW = 50
"""Plays that the service keeps; older ones are gone."""
PAGE = "page"
"""Begins the keys of records that tell of a page itself: how full it was, and from when to when its plays are."""


def started_at(item: dict[str, Any]) -> datetime:
    """When the play began if the whole track was heard; the service does not tell how much was."""
    return utc(item["played_at"]) - timedelta(milliseconds=item["track"]["duration_ms"])


def _items(landed: LandedPage, page: Any) -> Iterator[Item]:
    times = [utc(item["played_at"]) for item in page["items"]]
    requested_at = landed.page.requested_at.isoformat()
    oldest, newest = (str(found) if found else None for found in (min(times, default=None), max(times, default=None)))
    yield Item(f"{PAGE}|{requested_at}", {"items": len(times), "oldest": oldest, "newest": newest})
    for item in page["items"]:
        if item.get("track") is None:
            continue
        # Two plays can end in one moment, and a local file has no id.
        yield Item(f"{item['played_at']}|{item['track']['uri']}", item, started_at(item).date())


RECENTLY_PLAYED = Stream("spotify", "spotify_recently_played", Purpose.PLAYS, _items, first_counts=True)
