"""Spotify's tracks, albums, artists and audio features, one id at a time as new apps must ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from tunegenie_assets.sources.services.pages import LandedPage
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.streams.stream import Item, Stream, last_part

_PAGES_A_FILE = 50


def _objects(landed: LandedPage, page: Any) -> Iterator[Item]:
    """One object, or the list under one name that older apps still get, in the order of the ids; null for an unknown.

    An object may answer under another id than was asked for, and is known under both.
    """
    ids = landed.page.request.get("ids")
    asked, listed = ([last_part(landed)], [page]) if ids is None else (ids.split(","), next(iter(page.values())))
    for spotify_id, item in zip(asked, listed, strict=True):
        yield Item(spotify_id, item or {})
        if item and item["id"] != spotify_id:
            yield Item(item["id"], item)


def unavailable_key(day: date) -> str:
    """The key that tells that on this UTC day the app did not have them."""
    return f"{UNAVAILABLE}|{day}"


def _unavailable_today(landed: LandedPage) -> str:
    return unavailable_key(landed.page.requested_at.date())


UNAVAILABLE = "unavailable"


def _catalogue(name: str, missing_key: Callable[[LandedPage], str] = last_part, marks: tuple[str, ...] = ()) -> Stream:
    return Stream(
        "spotify",
        name,
        Purpose.ENRICHMENT,
        _objects,
        pages_a_file=_PAGES_A_FILE,
        marks=marks,
        missing_key=missing_key,
    )


TRACKS = _catalogue("spotify_tracks")
ALBUMS = _catalogue("spotify_albums")
ARTISTS = _catalogue("spotify_artists")
AUDIO_FEATURES = _catalogue("spotify_audio_features", _unavailable_today, marks=(UNAVAILABLE,))
