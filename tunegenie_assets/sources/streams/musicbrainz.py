"""MusicBrainz: who an artist is there, genres of artists, lengths and ISRCs of recordings.

What was merged answers under another id than was asked for, so the key is never that of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tunegenie_assets.sources.services.pages import LandedPage
from tunegenie_assets.sources.services.responses import Purpose
from tunegenie_assets.sources.streams.stream import Item, Stream, asked_for, joined, names_in

BY_SPOTIFY_ID = "spotify_id"
BY_NAME = "name"
_CERTAIN = 100
"""Score of a hit of a search that is as good as any can be."""
_PAGES_A_FILE = 50


def link_key(asked_by: str, name: str) -> str:
    """The key of the link of one artist, by Spotify id or by name."""
    return joined(asked_by, name)


def _links(landed: LandedPage, page: Any) -> Iterator[Item]:
    key = asked_for(landed)
    asked_by, name = names_in(key)
    found = _related(page) if asked_by == BY_SPOTIFY_ID else _named(page, name)
    # Two whom it could be are nobody for certain.
    yield Item(key, {"mbid": found.pop() if len(found) == 1 else None})


def _related(page: Any) -> set[str]:
    """The artists to whom an address belongs."""
    return {relation["artist"]["id"] for relation in page.get("relations") or [] if "artist" in relation}


def _named(page: Any, name: str) -> set[str]:
    """The artists who have exactly this name."""
    return {
        artist["id"]
        for artist in page["artists"]
        if int(artist["score"]) == _CERTAIN and artist["name"].casefold() == name.casefold()
    }


def _artists(landed: LandedPage, page: Any) -> Iterator[Item]:
    genres = [{"name": genre["name"], "count": genre["count"]} for genre in page.get("genres") or []]
    yield Item(asked_for(landed), {"name": page["name"], "genres": genres})


def _recordings(landed: LandedPage, page: Any) -> Iterator[Item]:
    body = {"title": page["title"], "length": page.get("length"), "isrcs": page.get("isrcs") or []}
    yield Item(asked_for(landed), body)


def _stream(name: str, items: Callable[[LandedPage, Any], Iterator[Item]]) -> Stream:
    return Stream("musicbrainz", name, Purpose.ENRICHMENT, items, pages_a_file=_PAGES_A_FILE, missing_key=asked_for)


ARTIST_LINKS = _stream("musicbrainz_artist_links", _links)
MUSICBRAINZ_ARTISTS = _stream("musicbrainz_artists", _artists)
MUSICBRAINZ_RECORDINGS = _stream("musicbrainz_recordings", _recordings)
