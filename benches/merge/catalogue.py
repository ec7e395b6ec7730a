"""Invented tracks with the names that make merging hard: commas, quotes, accents, guests, versions, namesakes.

Nothing here is a real artist or song. What a listener does with the tracks is in truth.py; how a service misspells
them is in names.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

ARTIST_WORDS = (
    "Amber Basalt Cedar Delta Ember Fathom Granite Harbour Indigo Juniper Kestrel Lantern Marble Nimbus Ochre Pewter "
    "Quartz Raven Saffron Timber Umber Velvet Willow Yonder Zephyr Copper"
)
GROUP_WORDS = (
    "Arcade Brothers Choir Drifters Engines Foxes Gardens Hollow Islands Junction Kites Lighthouses Mirrors Neighbours "
    "Orchard Pilots Quarry Rivers Signals Towers"
)
TITLE_WORDS = (
    "Afterglow Borrowed Chalk Distant Evening Fever Gravity Hourglass Ivory Jigsaw Kerosene Lullaby Midnight Northern "
    "Open Paper Quiet Runaway Silver Thunder Under Vanishing Winter Yellow Zero Anchor Bridges Candles Doorway Echoes"
)
AWKWARD_ARTISTS = (
    "Tyler, The Quokka",
    "Sigur Rósa",
    "Maple & Finch",
    "The Gutters",
    "Béla Zündstoff",
    "Earth, Wind & Water",
    "Ñandú",
    "P!nball",
    "AC//DZ",
    "The Hey Hey's",
)
AWKWARD_TITLES = (
    "Run, Run, Run",
    'Say "Hello" Again',
    "Été à Zürich",
    "Don't Look Down",
    "Hænsel & Grétel",
    "¿Por Qué No?",
    "99 %",
    "Intro",
)
REMASTER = " - Remastered 2011"
LIVE = " - Live at the Depot"


@dataclass(frozen=True)
class Catalogue:
    """One entry a track, that is a Spotify id; all columns have the same length."""

    title: tuple[str, ...]
    """As Spotify writes it, guests and versions included."""
    artist: tuple[str, ...]
    featured: tuple[str, ...]
    """The guest, or an empty string."""
    album: tuple[str, ...]
    spotify_id: tuple[str, ...]
    duration_ms: Integers
    recording: Integers
    """Equal for the ids of one recording, such as single and album."""
    sibling: Integers
    """A namesake or another version of the song, never the same recording; the track itself without one."""

    def __len__(self) -> int:
        return len(self.title)

    @property
    def interludes(self) -> Integers:
        """Tracks short enough to be looped within a minute."""
        return np.flatnonzero(self.duration_ms < 50_000)


@dataclass
class _Draft:
    title: list[str]
    artist: list[str]
    featured: list[str]
    album: list[str]
    duration_ms: list[int]
    recording: list[int]
    sibling: list[int]

    def add(self, source: int, *, title: str, artist: str, album: str, duration_ms: int, recording: int) -> None:
        """A further track after the model of `source`."""
        self.title.append(title)
        self.artist.append(artist)
        self.featured.append(self.featured[source])
        self.album.append(album)
        self.duration_ms.append(duration_ms)
        self.recording.append(recording)
        self.sibling.append(source)


def invent_catalogue(rng: np.random.Generator, recordings: int) -> Catalogue:
    """About 1.15 tracks for each of `recordings` first recordings; lengths in milliseconds, 35 s to 12 min."""
    artists = _artists(rng, max(recordings // 12, len(AWKWARD_ARTISTS) + 2))
    # A few artists own most of a library.
    of_artist = (rng.power(0.45, recordings) * len(artists)).astype(np.int64)
    draft = _Draft([], [], [], [], _durations(rng, recordings), list(range(recordings)), list(range(recordings)))
    for number, artist in enumerate(of_artist.tolist()):
        guest = artists[int(rng.integers(len(artists)))] if rng.random() < 0.08 else ""
        guest = "" if guest == artists[artist] else guest
        draft.title.append(_title(rng, number) + (f" (feat. {guest})" if guest else ""))
        draft.artist.append(artists[artist])
        draft.featured.append(guest)
        draft.album.append(f"{_word(TITLE_WORDS, number)} {artist}-{number % 4}")
    _add_versions(rng, draft, recordings)
    return Catalogue(
        title=tuple(draft.title),
        artist=tuple(draft.artist),
        featured=tuple(draft.featured),
        album=tuple(draft.album),
        spotify_id=tuple(f"{number:04d}{rng.integers(10**18):018d}" for number in range(len(draft.title))),
        duration_ms=np.asarray(draft.duration_ms, dtype=np.int64),
        recording=np.asarray(draft.recording, dtype=np.int64),
        sibling=np.asarray(draft.sibling, dtype=np.int64),
    )


def _artists(rng: np.random.Generator, count: int) -> list[str]:
    names: list[str] = list(AWKWARD_ARTISTS)
    known = set(names)
    while len(names) < count:
        first, second = _word(ARTIST_WORDS, int(rng.integers(99))), _word(GROUP_WORDS, int(rng.integers(99)))
        name = f"{'The ' if rng.random() < 0.25 else ''}{first} {second}"
        if name in known:
            name = f"{name} {len(names)}"
        known.add(name)
        names.append(name)
    return names


def _title(rng: np.random.Generator, number: int) -> str:
    if number < len(AWKWARD_TITLES):
        return AWKWARD_TITLES[number]
    first, second = (_word(TITLE_WORDS, int(rng.integers(99))) for _ in range(2))
    # Numbers keep the titles of one artist apart; without them two songs would have one name and no one could tell.
    return f"{first} {second} {number}" + (REMASTER if rng.random() < 0.06 else "")


def _word(words: str, number: int) -> str:
    every = words.split()
    return every[number % len(every)]


def _durations(rng: np.random.Generator, count: int) -> list[int]:
    seconds = np.clip(205 * np.exp(0.28 * rng.standard_normal(count)), 90, 720)
    interlude = rng.random(count) < 0.02
    seconds[interlude] = rng.uniform(35, 49, int(interlude.sum()))
    return (seconds * 1000).astype(np.int64).tolist()


def _add_versions(rng: np.random.Generator, draft: _Draft, recordings: int) -> None:
    """Second ids of one recording, live versions, and the same title by another artist."""
    for number in range(recordings):
        title, artist, length = draft.title[number], draft.artist[number], draft.duration_ms[number]
        kind = rng.random()
        if kind < 0.08:
            jitter = int(rng.integers(-1500, 1500))
            album = f"{title.removesuffix(REMASTER)} - Single"
            draft.add(number, title=title, artist=artist, album=album, duration_ms=length + jitter, recording=number)
        elif kind < 0.12:
            longer = int(length * rng.uniform(1.05, 1.3))
            live = f"{title.removesuffix(REMASTER)}{LIVE}"
            new = len(draft.title)
            draft.sibling[number] = new
            draft.add(number, title=live, artist=artist, album="At the Depot", duration_ms=longer, recording=new)
        elif kind < 0.15:
            other = draft.artist[int(rng.integers(recordings))]
            if other != artist and not draft.featured[number]:
                new = len(draft.title)
                draft.sibling[number] = new
                draft.add(number, title=title, artist=other, album="Sung Again", duration_ms=length, recording=new)
