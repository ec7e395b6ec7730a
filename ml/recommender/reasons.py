"""Why something is recommended, in words: the most telling of the reasons that hold.

A reason names what the listener plays, so it is given from their own plays alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommender.choosing import DRAWN, Choice
from ml.recommender.items import Items, cell_values

KINDS = {
    "because you play ": "plays the artist",
    "new from ": "new release",
    "something different": "something different",
    "popular with everybody": "popular with everybody",
    "popular with listeners": "popular with listeners alike",
    "popular in ": "popular in a genre",
}
"""By how a reason begins; all others name a genre that the listener plays."""
FAVOURITE_GENRES = 3
"""A reason may name a genre that is among so many of the listener's best loved."""


def favourite_genres(taste: sparse.csr_matrix, items: Items) -> NDArray[np.bool_]:
    """Which genres each listener loves best, shape (listeners, genres); `taste` weighs the items they play."""
    weight = sparse.csr_matrix(taste @ items.of_genre).toarray()
    favourite = np.zeros_like(weight, dtype=bool)
    best = np.argsort(-weight, axis=1, kind="stable")[:, :FAVOURITE_GENRES]
    np.put_along_axis(favourite, best, values=True, axis=1)
    return favourite & (weight > 0)


def in_favourite_genre(
    favourite: NDArray[np.bool_], items: Items, rows: NDArray[np.int64], of: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether each of the items is of a genre that the listener of its row loves."""
    genre = items.genre[of]
    loved = np.zeros(len(of), dtype=bool)
    loved[genre >= 0] = favourite[rows[genre >= 0], genre[genre >= 0]]
    return loved


def reasons_of_model(
    choice: Choice,
    items: Items,
    *,
    taste: sparse.csr_matrix,
    plays_artist: sparse.csr_matrix,
    is_release: NDArray[np.bool_] | None,
) -> NDArray[np.object_]:
    """A reason for each entry of lists that a model ranked; rows of the matrices are those of the lists."""
    top = choice.top
    loved = in_favourite_genre(favourite_genres(taste, items), items, top.rows, top.items)
    genre = items.text("primary_genre", top.items, "")
    artist = items.text("artist_name", top.items, "this artist")
    plays = cell_values(plays_artist, top.rows, items.artist[top.items]) > 0
    reasons = np.full(len(top.rows), "popular with listeners like you", dtype=object)
    reasons = np.where(loved, genre + ", which you play a lot", reasons)
    reasons = np.where(plays, "because you play " + artist, reasons)
    return with_release_and_chance(reasons, choice, items, plays, is_release)


def reasons_of_popularity(
    choice: Choice,
    items: Items,
    *,
    favourite: NDArray[np.bool_],
    is_popular: NDArray[np.bool_],
    plays_artist: sparse.csr_matrix,
    is_release: NDArray[np.bool_] | None,
) -> NDArray[np.object_]:
    """A reason for each entry of lists by popularity within favourite genres; `is_popular` says what somebody plays."""
    top = choice.top
    loved = in_favourite_genre(favourite, items, top.rows, top.items)
    genre = items.text("primary_genre", top.items, "")
    plays = cell_values(plays_artist, top.rows, items.artist[top.items]) > 0
    reasons = np.full(len(top.rows), "popular with everybody", dtype=object)
    reasons = np.where(
        loved, np.where(is_popular[top.items], "popular in " + genre, genre + ", which you play a lot"), reasons
    )
    return with_release_and_chance(reasons, choice, items, plays, is_release)


def with_release_and_chance(
    reasons: NDArray[np.object_],
    choice: Choice,
    items: Items,
    plays: NDArray[np.bool_],
    is_release: NDArray[np.bool_] | None,
) -> NDArray[np.object_]:
    """The reasons, with those in their place that hold for new releases of played artists and for places of chance."""
    of = choice.top.items
    if is_release is not None:
        reasons = np.where(plays & is_release[of], "new from " + items.text("artist_name", of, "this artist"), reasons)
    return with_chance(reasons, choice, items)


def with_chance(reasons: NDArray[np.object_], choice: Choice, items: Items) -> NDArray[np.object_]:
    """The reasons, with another for places of chance."""
    of = choice.top.items
    genre = items.text("primary_genre", of, "")
    different = np.where(items.genre[of] >= 0, "something different: " + genre, "something different")
    return np.where(choice.kind == DRAWN, different, reasons)


def kinds_of(reasons: Iterable[str]) -> list[str]:
    """The kind of each reason, to count them by."""
    return [
        next((kind for begin, kind in KINDS.items() if reason.startswith(begin)), "plays the genre")
        for reason in reasons
    ]
