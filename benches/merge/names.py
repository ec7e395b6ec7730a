"""How services respell names: corrections, lost accents, guests and versions taken off.

One respelling belongs to one track and stays with it, as on the real services.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benches.merge.catalogue import REMASTER, Catalogue


@dataclass(frozen=True)
class Names:
    """Artist and title of each track of the catalogue, as one service writes them."""

    artist: tuple[str, ...]
    title: tuple[str, ...]


def as_spotify_writes(catalogue: Catalogue) -> Names:
    return Names(catalogue.artist, catalogue.title)


def credits_joined(catalogue: Catalogue) -> Names:
    """All artists joined by a comma, as ListenBrainz stores what Spotify names."""
    pairs = zip(catalogue.artist, catalogue.featured, strict=True)
    return Names(tuple(f"{artist}, {guest}" if guest else artist for artist, guest in pairs), catalogue.title)


def guests_as_artists(catalogue: Catalogue) -> Names:
    """The guest leaves the title, as Maloja's parser does; the list of artists is made where the file is written."""
    return Names(catalogue.artist, tuple(map(_without_guest, catalogue.title)))


def respelled(rng: np.random.Generator, names: Names, share: float) -> Names:
    """`share` of the tracks under a corrected name; a correction that changes nothing gives way to one of case."""
    artist, title = list(names.artist), list(names.title)
    for number in np.flatnonzero(rng.random(len(artist)) < share).tolist():
        change = CORRECTIONS[int(rng.integers(len(CORRECTIONS)))]
        new = change(artist[number], title[number])
        if new == (artist[number], title[number]):
            new = _other_case(artist[number], title[number])
        artist[number], title[number] = new
    return Names(tuple(artist), tuple(title))


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _without_guest(title: str) -> str:
    return title.split(" (feat. ", 1)[0]


def _other_case(artist: str, title: str) -> tuple[str, str]:
    return artist, title.lower() if title != title.lower() else title.upper()


def _accents_lost(artist: str, title: str) -> tuple[str, str]:
    return without_accents(artist), without_accents(title)


def _article_changed(artist: str, title: str) -> tuple[str, str]:
    return artist.removeprefix("The ") if artist.startswith("The ") else f"The {artist}", title


def _guest_removed(artist: str, title: str) -> tuple[str, str]:
    return artist, _without_guest(title)


def _remaster_removed(artist: str, title: str) -> tuple[str, str]:
    return artist, title.removesuffix(REMASTER)


CORRECTIONS: tuple[Callable[[str, str], tuple[str, str]], ...] = (
    _other_case,
    _accents_lost,
    _article_changed,
    _guest_removed,
    _remaster_removed,
)
