"""An invented world: artists of a few families, listeners who mostly keep to two of them, popularity by Zipf's law."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from benches.genres.held_out import World
from ml.genres.inference import Labels

FAMILIES = (
    "pop", "rock", "hip hop", "electronic", "r&b", "jazz", "classical", "metal", "folk", "country", "latin", "reggae",
    "blues", "punk", "african", "asian", "gospel", "new age", "soundtrack", "world",
)  # fmt: skip
KEPT = 0.75
"""Of what a listener plays, the part from the families that the listener keeps to."""


def invented_world(artists: int, listeners: int, edges: int, *, families: int = len(FAMILIES), seed: int = 1) -> World:
    """About as many different pairs of artist and listener as `edges`; the family of every artist is known."""
    chance = np.random.default_rng(seed)
    usual = 1 / np.arange(1, families + 1) ** 0.7
    family = np.sort(chance.choice(families, artists, p=usual / usual.sum()))
    starts = np.searchsorted(family, np.arange(families))
    sizes = np.maximum(np.bincount(family, minlength=families), 1)
    taste = chance.choice(families, (listeners, 2), p=usual / usual.sum())
    drawn = int(edges * 1.12)
    listener = chance.integers(0, listeners, drawn, dtype=np.int32)
    from_taste = chance.random(drawn) < KEPT
    of = np.where(from_taste, taste[listener, chance.integers(0, 2, drawn)], chance.integers(0, families, drawn))
    # Within a family the rank follows Zipf's law: a power of a uniform number over its logarithmic scale.
    rank = (sizes[of] ** chance.random(drawn, dtype=np.float32)).astype(np.int64) - 1
    # A part at random, so that hardly any artist is without a listener.
    rank = np.where(chance.random(drawn) < 0.3, chance.integers(0, 1 << 31, drawn) % sizes[of], rank)
    artist = starts[of] + rank
    # In no order of families: nothing may be told from an artist's place.
    place = chance.permutation(artists)
    plays = sp.csr_matrix((np.ones(drawn, np.float32), (place[artist], listener)), shape=(artists, listeners))
    plays.sum_duplicates()
    plays.data[:] = 1
    weights = np.zeros((artists, families))
    weights[place, family] = 1
    names = [_name(number) for number in chance.integers(0, 1 << 40, artists).tolist()]
    popularity = np.diff(plays.indptr).astype(np.float64)
    return World("invented", names, Labels(FAMILIES[:families], weights), popularity, plays=plays, nearness=plays)


def _name(number: int) -> str:
    """Two or three words of syllables."""
    consonants, vowels = "bdfgklmnprstvz", "aeiou"
    letters: list[str] = []
    while number:
        number, consonant = divmod(number, len(consonants))
        number, vowel = divmod(number, len(vowels))
        letters.append(consonants[consonant] + vowels[vowel])
        if len(letters) in (2, 5):
            letters.append(" ")
    return "".join(letters).strip().title()
