"""Which artists a person means, what is known of them, and their genres as the warehouse has them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from tunegenie_assets.resources.collection import Collection
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.sources.preferences import spotify_id_in
from tunegenie_assets.sources.streams.registry import ARTIST_TAGS, ARTISTS

_BARE_ID = re.compile(r"[A-Za-z0-9]{22}")
_SPOTIFY_IDS = """
select artist_id, artist_name from raw.spotify_recently_played
union
select artist_id, artist_name from raw.spotify_tracks
union
select artist_id, artist_name from raw.spotify_artists
"""
_NAMES = """
select coalesce(min(plays.artist_name), min(artists.artist_name)) as artist_name
from silver.artists as artists
left join silver.plays as plays on artists.artist_id = plays.artist_id
group by artists.artist_id
"""
_PLAYED_SINCE = """
select min(plays.artist_name) as artist_name
from silver.plays as plays
inner join silver.listeners as listeners on plays.listener_id = listeners.listener_id
where not listeners.is_simulated and plays.play_date >= ?
group by plays.artist_id
order by count(*) desc, plays.artist_id
"""
_GENRES = """
select artists.artist_name as artist, genres.primary_genre as genre, genres.genre_source as source,
       genres.confidence as confidence
from silver.artists as artists
inner join enrichment.artist_genres as genres on artists.artist_id = genres.artist_id
where not artists.is_guest_only
order by artists.plays desc, artists.artist_name
"""


@dataclass(frozen=True)
class Artist:
    """One that was asked for, with the names and the ids at Spotify under which services can be asked."""

    asked_for: str
    names: tuple[str, ...]
    spotify_ids: tuple[str, ...]


class KnownArtists:
    """The artists of the warehouse: their names as plays spell them, and their ids at Spotify."""

    def __init__(self, warehouse: WarehouseIOManager) -> None:
        self._names: dict[str, set[str]] = {}
        self._ids: dict[str, set[str]] = {}
        for row in warehouse.query(_SPOTIFY_IDS).to_pylist():
            if row["artist_id"] and row["artist_name"]:
                self._names.setdefault(row["artist_id"], set()).add(row["artist_name"])
                self._ids.setdefault(normalised(row["artist_name"]), set()).add(row["artist_id"])
        names = warehouse.query(_NAMES)["artist_name"].to_pylist()
        self._spellings = {normalised(name): name for name in names if name}

    def names_of(self, spotify_id: str) -> list[str]:
        return sorted({self.spelling(name) for name in self._names.get(spotify_id, ())})

    def ids_of(self, name: str) -> list[str]:
        return sorted(self._ids.get(normalised(name), ()))

    def spelling(self, name: str) -> str:
        """The one under which services are asked, so that an artist is asked for once."""
        return self._spellings.get(normalised(name), name)

    def __contains__(self, name: str) -> bool:
        """Whether plays or the catalogue know the name."""
        return normalised(name) in self._spellings


def asked_for(texts: Sequence[str], known: KnownArtists) -> list[Artist]:
    """The artists of ids, URIs, addresses or names.

    Raises:
        InvalidRequestError: a text refers to something else at Spotify.
    """
    artists: list[Artist] = []
    for text in dict.fromkeys(" ".join(text.split()) for text in texts):
        spotify_id = text if _BARE_ID.fullmatch(text) else spotify_id_in(text, "artist")
        names = known.names_of(spotify_id) if spotify_id else [known.spelling(text)]
        spotify_ids = [spotify_id] if spotify_id else known.ids_of(text)
        artists.append(Artist(text, tuple(names), tuple(spotify_ids)))
    return artists


def played_since(warehouse: WarehouseIOManager, first_day: date) -> list[str]:
    """Names of the artists that people have played since this UTC day, the most played first."""
    return [str(row["artist_name"]) for row in warehouse.query(_PLAYED_SINCE, [first_day]).to_pylist()]


def names_at_spotify(collection: Collection) -> dict[str, str]:
    """The artists that Spotify told of, by id."""
    records = collection.state.records(ARTISTS.name) if collection.has_state() else []
    names = {record.key: json.loads(record.body).get("name") for record in records if record.status == HTTPStatus.OK}
    return {spotify_id: str(name) for spotify_id, name in names.items() if name}


def tagged_at_lastfm(collection: Collection) -> set[str]:
    """The names to which Last.fm has tags, normalised: it answers for every name, and without tags it knows nothing."""
    records = collection.state.records(ARTIST_TAGS.name) if collection.has_state() else []
    return {normalised(record.key) for record in records if json.loads(record.body).get("tags")}


def genres(warehouse: WarehouseIOManager) -> list[Mapping[str, Any]]:
    """Artist, genre, source and confidence of every artist but mere guests, the most played first."""
    return warehouse.query(_GENRES).to_pylist()


def counted_by_source(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many artists have their genre from where, the most first."""
    return dict(Counter(row["source"] for row in rows).most_common())


def normalised(name: str) -> str:
    """As the warehouse compares names."""
    return " ".join(name.lower().split())
