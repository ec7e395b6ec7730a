"""What services say of the genres of artists, in one shape: artist, genre, weight, source.

What else speaks of them is in gathering.py, which evidence decides in artists.py. A tag is whatever listeners wrote:
what is plainly no genre is left out here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from ml.genres.names import normalise_genre, normalise_name

SPOTIFY, LASTFM, MUSICBRAINZ = "spotify", "lastfm", "musicbrainz"
NAMED_EVIDENCE_SCHEMA = pa.schema(
    [
        ("artist_name", pa.string()),
        ("genre", pa.string()),
        ("weight", pa.float64()),
        ("source", pa.string()),
    ]
)
LEAST_COUNT = 10
"""Of Last.fm's 0 to 100: below it stand the whims of a few listeners."""
NO_GENRES = frozenset(
    {
        "seen live", "favorites", "favourites", "favorite", "favourite", "favorite artists", "favourite artists",
        "love", "loved", "beautiful", "awesome", "amazing", "best", "cool", "good", "great", "my music", "check out",
        "spotify", "under 2000 listeners", "all", "music", "artist", "band", "bands", "female", "male",
        "female vocalist", "female vocalists", "male vocalist", "male vocalists", "singer", "vocal", "legend",
        "legends", "sexy", "guilty pleasure", "usa", "american", "uk", "british", "english", "england", "scottish",
        "irish", "ireland", "canadian", "canada", "australian", "australia", "german", "germany", "deutsch", "french",
        "france", "swedish", "sweden", "norwegian", "finnish", "danish", "dutch", "belgian", "italian", "italy",
        "spanish", "spain", "brazilian", "brazil", "brasil", "japanese", "japan", "korean", "russian", "polish",
        "new york", "london", "los angeles", "california", "seattle",
    }
)  # fmt: skip
_DECADE = re.compile(r"(19|20)?\d0'?s|\d{4}")


def service_evidence(
    spotify_artists: pa.Table, artist_tags: pa.Table, links: pa.Table, musicbrainz_artists: pa.Table
) -> pa.Table:
    """Genres by artists' names from the raw tables of what services were asked; none of a service that was not.

    Args:
        spotify_artists: artist_id, artist_name, genres (JSON array of names, the first the most telling).
        artist_tags: artist_name, tag, count (0 to 100) at Last.fm.
        links: asked_by (`spotify_id` or `name`), asked_for, artist_mbid at MusicBrainz.
        musicbrainz_artists: artist_mbid, artist_name, genre, count (votes).
    """
    rows = [
        *_of_spotify(spotify_artists.to_pylist()),
        *_of_lastfm(artist_tags.to_pylist()),
        *_of_musicbrainz(links.to_pylist(), musicbrainz_artists.to_pylist(), spotify_artists.to_pylist()),
    ]
    return pa.Table.from_pylist(rows, schema=NAMED_EVIDENCE_SCHEMA)


def is_genre(tag: str, artist_name: str) -> bool:
    """Whether a tag may be a genre: no praise, place, decade or name of the artist."""
    tag = normalise_genre(tag)
    return bool(tag) and tag not in NO_GENRES and not _DECADE.fullmatch(tag) and tag != normalise_name(artist_name)


def _of_spotify(artists: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for artist in artists:
        if artist["artist_name"] is None:
            continue
        genres = [genre for genre in json.loads(artist["genres"] or "[]") or [] if genre]
        for place, genre in enumerate(genres, start=1):
            yield _row(artist["artist_name"], genre, 1 / place, SPOTIFY)


def _of_lastfm(tags: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for tag in tags:
        name, count = tag["artist_name"], tag["count"] or 0
        if tag["tag"] is not None and count >= LEAST_COUNT and is_genre(tag["tag"], name):
            yield _row(name, tag["tag"], float(count), LASTFM)


def _of_musicbrainz(
    links: Iterable[dict[str, Any]], artists: Iterable[dict[str, Any]], spotify_artists: Iterable[dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    """Under the name that was asked for, and under the name that MusicBrainz has."""
    names_at_spotify = {artist["artist_id"]: artist["artist_name"] for artist in spotify_artists}
    names: dict[str, set[str]] = {}
    for link in links:
        asked = link["asked_for"] if link["asked_by"] == "name" else names_at_spotify.get(link["asked_for"])
        if link["artist_mbid"] is not None and asked is not None:
            names.setdefault(link["artist_mbid"], set()).add(asked)
    for artist in artists:
        if artist["genre"] is None or not (artist["count"] or 0) > 0:
            continue
        told = names.get(artist["artist_mbid"], set()) | ({artist["artist_name"]} - {None})
        # Spellings that are one name would count twice.
        for name in sorted({normalise_name(name): name for name in sorted(told)}.values()):
            yield _row(name, artist["genre"], float(artist["count"]), MUSICBRAINZ)


def _row(artist_name: str, genre: str, weight: float, source: str) -> dict[str, Any]:
    return {"artist_name": artist_name, "genre": normalise_genre(genre), "weight": weight, "source": source}
