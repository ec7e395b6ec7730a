"""The invented catalogue: artists, albums and tracks that look like a real one and belong to nobody.

It lets a simulation run without any file. A real catalogue of the same columns takes its place everywhere.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ml.listeners.genre_profiles import GENRES
from ml.listeners.invented_names import artist_names, titles

BASE62 = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
ID_LENGTH = 22
FIRST_RELEASE = np.datetime64("1968-01-01")
LAST_RELEASE = np.datetime64("2030-12-31")
"""Releases are drawn until here, and those shown that are out: what is out does not change as time goes on."""
USUAL_END = date(2026, 1, 1)
DAYS_BETWEEN_ALBUMS = 550
SINGLES = 0.35
"""Share of the albums that a single came before."""

CATALOGUE_SCHEMA = pa.schema(
    [
        ("track_id", pa.string()),
        ("track_name", pa.string()),
        ("artist_name", pa.string()),
        ("artist_names", pa.string()),
        ("album_id", pa.string()),
        ("album_name", pa.string()),
        ("release_date", pa.string()),
        ("popularity", pa.int64()),
        ("duration_ms", pa.int64()),
        ("explicit", pa.bool_()),
        ("genre", pa.string()),
        ("subgenre", pa.string()),
        ("playlist_name", pa.string()),
        ("danceability", pa.float64()),
        ("energy", pa.float64()),
        ("key", pa.int64()),
        ("loudness", pa.float64()),
        ("mode", pa.int64()),
        ("speechiness", pa.float64()),
        ("acousticness", pa.float64()),
        ("instrumentalness", pa.float64()),
        ("liveness", pa.float64()),
        ("valence", pa.float64()),
        ("tempo", pa.float64()),
        ("origin", pa.string()),
    ]
)


def generate_catalogue(seed: int, artists: int = 480, released_before: date = USUAL_END) -> pa.Table:
    """What `artists` artists have released before a day, one row per track: albums as drawn, then singles.

    An artist has one genre, two or three albums and nine to thirteen tracks; those who debut later have none yet. Of
    every third album the first track came out as a single before: another track of the same name and length.
    Popularity falls with the rank of the artist and with the rank of the track within the artist, both as power laws.
    The same seed gives the same tracks, and a later day adds some.

    Raises:
        ValueError: fewer than one artist, or more than the word lists can name.
    """
    if artists < 1:
        raise ValueError(f"a catalogue needs at least one artist, {artists} were asked for")
    rng = np.random.default_rng([seed, 0])
    names = np.array(artist_names(rng, artists))
    genre_of_artist = rng.choice(len(GENRES), artists, p=_profile("share") / _profile("share").sum())
    subgenre_of_artist = [str(rng.choice(GENRES[genre].subgenres)) for genre in genre_of_artist]

    track_artist = np.repeat(np.arange(artists), rng.integers(9, 14, artists))
    track_album, album_names, album_dates = _albums(rng, track_artist, artists)
    count = len(track_artist)
    genre = genre_of_artist[track_artist]
    album_ids = invented_ids(rng, len(album_names))
    columns: dict[str, pa.Array | NDArray[np.generic]] = {
        "track_id": invented_ids(rng, count),
        "track_name": titles(rng, count),
        "artist_name": names[track_artist],
        "artist_names": names[track_artist],
        "album_id": album_ids[track_album],
        "album_name": album_names[track_album],
        "release_date": np.datetime_as_string(album_dates[track_album], unit="D"),
        "popularity": _popularity(rng, track_artist, artists),
        "duration_ms": _durations(rng, genre),
        "explicit": rng.random(count) < _profile("explicit")[genre],
        "genre": np.array([profile.name for profile in GENRES])[genre],
        "subgenre": np.array(subgenre_of_artist)[track_artist],
        "playlist_name": pa.nulls(count, pa.string()),
        "origin": np.full(count, "generated"),
    } | _audio_features(rng, genre, track_artist, artists)
    albums = pa.table(
        [pa.array(columns[field.name], type=field.type) for field in CATALOGUE_SCHEMA], schema=CATALOGUE_SCHEMA
    )
    tracks = pa.concat_tables([albums, _singles(rng, albums, track_album, album_dates)])
    return tracks.filter(pc.field("release_date") < released_before.isoformat())


def _singles(
    rng: np.random.Generator, albums: pa.Table, track_album: NDArray[np.int64], album_dates: NDArray[np.datetime64]
) -> pa.Table:
    """The first track of every third album or so as it came out three to nine weeks before."""
    first = np.searchsorted(track_album, np.arange(len(album_dates)))
    album = np.flatnonzero(rng.random(len(album_dates)) < SINGLES)
    count = len(album)
    released = album_dates[album] - rng.integers(21, 64, count)
    singles = albums.take(pa.array(first[album]))
    changed = {
        "track_id": pa.array(invented_ids(rng, count)),
        "album_id": pa.array(invented_ids(rng, count)),
        "album_name": singles["track_name"],
        "release_date": pa.array(np.datetime_as_string(released, unit="D")),
    }
    for name, values in changed.items():
        singles = singles.set_column(singles.column_names.index(name), CATALOGUE_SCHEMA.field(name), values)
    return singles


def invented_ids(rng: np.random.Generator, count: int) -> NDArray[np.str_]:
    """Ids of 22 base-62 characters, the shape of Spotify's, shape (count,)."""
    characters = BASE62[rng.integers(0, len(BASE62), (count, ID_LENGTH))]
    return np.ascontiguousarray(characters).view(f"<U{ID_LENGTH}").reshape(count)


def _albums(
    rng: np.random.Generator, track_artist: NDArray[np.int64], artists: int
) -> tuple[NDArray[np.int64], NDArray[np.str_], NDArray[np.datetime64]]:
    """The album of each track, and name and release day of each album; an artist's albums follow one another."""
    albums_of_artist = rng.integers(2, 4, artists)
    first_album = np.cumsum(albums_of_artist) - albums_of_artist
    album_artist = np.repeat(np.arange(artists), albums_of_artist)

    first_track = np.searchsorted(track_artist, np.arange(artists))
    tracks_of_artist = np.bincount(track_artist, minlength=artists)
    position = np.arange(len(track_artist)) - first_track[track_artist]
    album_within_artist = position * albums_of_artist[track_artist] // tracks_of_artist[track_artist]
    track_album = first_album[track_artist] + album_within_artist

    span = int((LAST_RELEASE - FIRST_RELEASE).astype(int))
    # Most of what is listened to is recent: a beta distribution leans debuts towards the end of the span.
    debut = ((span - 3 * DAYS_BETWEEN_ALBUMS) * rng.beta(3.0, 1.1, artists)).astype(np.int64)
    album_number = np.arange(len(album_artist)) - first_album[album_artist]
    wait = album_number * DAYS_BETWEEN_ALBUMS + rng.integers(0, DAYS_BETWEEN_ALBUMS, len(album_artist))
    released = debut[album_artist] + wait
    return track_album, titles(rng, len(album_artist)), FIRST_RELEASE + released


def _popularity(rng: np.random.Generator, track_artist: NDArray[np.int64], artists: int) -> NDArray[np.int64]:
    """0 to 100 on a logarithmic scale of attention, so that attention itself follows Zipf's law."""
    artist_rank = rng.permutation(artists) + 1
    order = np.lexsort((rng.random(len(track_artist)), track_artist))
    track_rank = np.empty(len(track_artist), dtype=np.int64)
    track_rank[order] = np.arange(len(track_artist)) - np.searchsorted(track_artist, track_artist) + 1
    attention = -np.log(artist_rank[track_artist]) - 0.6 * np.log(track_rank) + rng.normal(0, 0.3, len(track_artist))
    scaled = 92 + 11 * attention
    return np.clip(np.round(scaled), 0, 100).astype(np.int64)


def _durations(rng: np.random.Generator, genre: NDArray[np.int64]) -> NDArray[np.int64]:
    seconds = _profile("duration_s")[genre] * rng.lognormal(0, 0.22, len(genre))
    return (np.clip(seconds, 45, 1200) * 1000).astype(np.int64)


def _audio_features(
    rng: np.random.Generator, genre: NDArray[np.int64], track_artist: NDArray[np.int64], artists: int
) -> dict[str, NDArray[np.generic]]:
    """Features scatter around the genre's mean: half of the variation belongs to the artist, half to the track."""
    count = len(genre)
    features: dict[str, NDArray[np.generic]] = {}
    for name in ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence"):
        mean = np.clip(_profile(name)[genre], 0.01, 0.99)
        logit = np.log(mean / (1 - mean)) + rng.normal(0, 0.45, artists)[track_artist] + rng.normal(0, 0.45, count)
        features[name] = np.round(1 / (1 + np.exp(-logit)), 4)
    features["key"] = rng.integers(0, 12, count)
    features["mode"] = (rng.random(count) < 0.6).astype(np.int64)
    features["tempo"] = np.round(np.clip(rng.normal(_profile("tempo")[genre], 22), 50, 210), 3)
    features["loudness"] = np.round(np.clip(rng.normal(_profile("loudness")[genre], 2.2), -40, -0.5), 3)
    return features


def _profile(feature: str) -> NDArray[np.float64]:
    return np.array([getattr(genre, feature) for genre in GENRES], dtype=np.float64)
