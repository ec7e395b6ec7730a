"""Word lists from which the invented catalogue takes names of artists, albums and tracks.

Names are plain combinations, so a draw without replacement over the combinations makes them unique.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _words(
    """amber ancient autumn bitter blue bright broken burning careless copper crimson crooked dancing distant drifting
    drowsy electric empty endless faded feral flying forgotten frozen gentle gilded golden hidden hollow honest idle
    iron ivory lazy lonely lost lucky lunar marble midnight modern naked neon northern paper patient pale plastic polar
    quiet rapid reckless restless roaming rusty sacred scarlet secret shy silent silver slow small solar southern
    spare static stolen stray strange sudden tender thirsty velvet violet wandering warm wild winter wooden
    yellow"""
)
NOUNS = _words(
    """airports anchors arcades archers balconies bells birds bridges candles canyons castles cathedrals chapels cities
    coasts comets corners crows deserts diners doors dreams echoes embers engines ferries fields fires flags foxes
    gardens ghosts giants harbours hearts highways horses hotels hunters islands kings ladders lanterns letters lions
    machines
    maps mirrors mornings motels mountains oceans orchards owls pilots planets poets portraits rivers roads roses
    sailors satellites saints seasons shadows signals sirens sparrows stations statues stones storms strangers streets
    summers swans tides tigers towers trains valleys waves whispers windows wolves"""
)
FIRST_NAMES = _words(
    """Ada Alba Amos Anouk Asa Bea Bruno Cato Celia Cleo Dario Della Edda Elio Esme Ezra Fern Flora Gael Greta Hana
    Hugo Ida Ines Iris Ivo Jonah Juno Kaia Kit Lars Leda Lior Luz Mabel Mae Marlo Mila Nell Nico Noor Odette Orla Otto
    Pia Quinn Rafa Remy Rosa Rufus Saskia Silas Tamsin Theo Uma Vera Viggo Wanda Yara Zola"""
)
LAST_NAMES = _words(
    """Abara Alder Almeida Ansel Ashdown Barlow Bellamy Birch Brandt Calder Carrow Castell Corbin Dane Delacroix
    Drummond Eklund Ellery Farrow Fenn Fontaine Garrick Goss Hale Harker Hollis Ibarra Ilves Jarvis Kestrel Kovac Lark
    Lindqvist Locke Marlowe Mercer Moreau Nakata Nash Oakes Okoye Ortega Pell Prado Quill Rask Renner Rowe Sable
    Santoro Sorrel Thorne Tully Ueda Vance Varga Weller Winslow Yates Zeller"""
)
ARTIST_PATTERNS = len(ADJECTIVES) * len(NOUNS)
MAX_ARTISTS = 2 * ARTIST_PATTERNS + len(FIRST_NAMES) * len(LAST_NAMES)
"""Unique artist names that the word lists can form."""


def artist_names(rng: np.random.Generator, count: int) -> list[str]:
    """`count` different names, about a third of each kind: bands with and without an article, and people.

    Raises ValueError when the word lists cannot form that many.
    """
    if count > MAX_ARTISTS:
        raise ValueError(f"at most {MAX_ARTISTS} artists can be named, {count} were asked for")
    kinds = rng.random(MAX_ARTISTS)
    # People are the smallest kind: without a thumb on the scale hardly any artist would be a person.
    kinds[2 * ARTIST_PATTERNS :] *= 0.5
    chosen = np.argsort(kinds, kind="stable")[:count]
    return [_artist_name(int(number)) for number in rng.permutation(chosen)]


def _artist_name(number: int) -> str:
    kind, position = divmod(number, ARTIST_PATTERNS)
    if kind == 2:
        first, last = divmod(position, len(LAST_NAMES))
        return f"{FIRST_NAMES[first]} {LAST_NAMES[last]}"
    adjective, noun = divmod(position, len(NOUNS))
    return ("The " if kind == 0 else "") + f"{ADJECTIVES[adjective]} {NOUNS[noun]}".title()


def titles(rng: np.random.Generator, count: int) -> NDArray[np.str_]:
    """Titles of tracks or albums, shape (count,); they may repeat, as real ones do."""
    adjectives = np.array([word.title() for word in ADJECTIVES])
    nouns = np.array([word.title() for word in NOUNS])
    shapes = np.array(["{a} {n}", "{n}", "{n} of the {m}", "{a} {n} and {m}", "{a}"])
    a, n, m = rng.choice(adjectives, count), rng.choice(nouns, count), rng.choice(nouns, count)
    shape = rng.choice(shapes, count, p=[0.45, 0.15, 0.2, 0.1, 0.1])
    filled = np.strings.replace(shape, "{a}", a)
    return np.strings.replace(np.strings.replace(filled, "{n}", n), "{m}", m)
