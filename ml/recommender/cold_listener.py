"""Recommendations for somebody of whom nothing is known but a few artists or genres that they name.

Two views are ranked and fused: who hears the named also hears what (likeness of items by listeners), and what lies near
the named in a model's embeddings. Both hold popular items back too much for a stranger, so both are multiplied by a
power of popularity; docs/recommender.md has the figures that chose it.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import MlError
from ml.recommender.choosing import Choice, Listening, ListRules, choose
from ml.recommender.items import Items, heard_by, items_of
from ml.recommender.nearest import Embeddings, unit_rows
from ml.recommender.protocol import Float32
from ml.recommender.ranking import eligibility, top_items
from ml.recommender.reasons import with_chance
from ml.recommender.recommend import RECOMMENDATIONS_SCHEMA
from ml.recommender.sparse_rows import normalise_rows, shape_of

POPULARITY_POWER = 0.25
OFFSET = 20.0
"""Of the ranks that are fused, as in what is published."""
DEPTH = 500
"""So many items of each view are ranked, and for long lists more."""
DEPTH_OF_LIST = 50
"""So many for each that is asked for."""
NEAREST_NAMES = 3
STRANGER = "somebody new"
COLD_LISTENER_SCHEMA = RECOMMENDATIONS_SCHEMA.remove(RECOMMENDATIONS_SCHEMA.get_field_index("listener_id"))


class UnknownNameError(MlError):
    """An artist or a genre was named that no track has; the message tells the nearest that some have."""


@dataclass(frozen=True)
class _Named:
    """What the stranger named, one row each: artists first, then genres."""

    words: list[str]
    """The artist's name, the genre."""
    artists: int
    """How many of the rows are artists."""
    members: sparse.csr_matrix
    """Shape (named, items): weights of the items that stand for it, together 1."""


def recommend_to_stranger(
    embeddings: Embeddings,
    interactions: pa.Table,
    tracks: pa.Table,
    *,
    artist_ids: Sequence[str] = (),
    genres: Sequence[str] = (),
    n: int = 10,
    is_simulated: bool = False,
    exploration: float = 0.0,
    seed: int = 0,
) -> pa.Table:
    """COLD_LISTENER: up to `n` tracks by rank, no more than two of an artist for every ten and no song twice.

    `artist_ids` are ids or names of artists, `genres` are names, in any case. An artist or genre is its tracks, each
    weighing one more than it has listeners. Shown are tracks of a catalogue; invented ones to somebody simulated only.

    Raises:
        ValueError: nothing is named, `n` is below 1, or `exploration` is no share.
        UnknownNameError: no track is of a named artist or genre.
        InconsistentInputError: a track_id occurs twice in `tracks`.
    """
    if not artist_ids and not genres:
        raise ValueError("name at least one artist or genre")
    rules = ListRules(n, exploration, seed)
    items = items_of(tracks, embeddings.ids)
    heard = heard_by(interactions, items.ids)
    listeners = np.diff(heard.indptr)
    stranger = pa.table({"listener_id": [STRANGER], "is_simulated": [is_simulated]})
    allowed = eligibility(tracks, stranger, items.ids, np.array([STRANGER]))
    hidden = ~allowed.catalogued | ~allowed.known_track | (allowed.generated & (not is_simulated))
    named = _named(items, listeners, hidden, artist_ids=artist_ids, genres=genres)
    popularity = (np.maximum(listeners, 1) ** POPULARITY_POWER).astype(np.float32)
    by_listeners = _by_listeners(heard, named.members) * popularity
    by_embedding = _by_embedding(embeddings, named.members) * popularity
    scores = np.zeros((1, len(items.ids)), dtype=np.float32)
    for view in (by_listeners, by_embedding):
        view[:, hidden] = 0.0
        scores[0] += _reciprocal_ranks(view.sum(axis=0), max(DEPTH, DEPTH_OF_LIST * n))
    # What neither view finds has nothing that speaks for it.
    scores[scores == 0.0] = -np.inf

    nobody = sparse.csr_matrix((1, shape_of(items.of_artist)[1]))
    listening = Listening(np.array([STRANGER]), nobody, sparse.csr_matrix((1, len(items.ids))))
    choice = choose(scores, items, rules, listening)
    says = _share(by_listeners) + _share(by_embedding)
    return _as_table(choice, scores, _reasons(choice, items, named, says), items)


def _named(
    items: Items,
    listeners: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    *,
    artist_ids: Sequence[str],
    genres: Sequence[str],
) -> _Named:
    names = items.text("artist_name", np.arange(len(items.ids)), "").tolist()
    genre_names = np.append(items.genre_names, "").tolist()
    by_artist: dict[str, set[int]] = {}
    by_genre: dict[str, set[int]] = {}
    for item in np.flatnonzero(items.artist < len(items.artist_ids)).tolist():
        by_artist.setdefault(names[item].casefold(), set()).add(int(items.artist[item]))
    by_id = {name: {code} for code, name in enumerate(items.artist_ids.tolist())}
    for code in np.unique(items.genre[items.genre >= 0]).tolist():
        by_genre.setdefault(genre_names[code].casefold(), set()).add(code)

    artists = [by_id.get(name) or by_artist.get(name.casefold(), set()) for name in artist_ids]
    of_genres = [by_genre.get(name.casefold(), set()) for name in genres]
    # Nobody is told the names of what they must not be shown.
    shown = np.flatnonzero(~hidden).tolist()
    complaints = _complaints("artist", artist_ids, artists, {names[item] for item in shown})
    complaints += _complaints("genre", genres, of_genres, {genre_names[items.genre[item]] for item in shown})
    if complaints:
        raise UnknownNameError("; ".join(complaints))

    chosen = [np.isin(items.artist, list(codes)) for codes in artists]
    words = [names[np.flatnonzero(of)[0]] or name for name, of in zip(artist_ids, chosen, strict=True)]
    chosen += [np.isin(items.genre, list(codes)) for codes in of_genres]
    words += [genre_names[min(codes)] for codes in of_genres]
    weights = [of * (1.0 + listeners) for of in chosen]
    return _Named(words, len(artists), sparse.csr_matrix(np.stack([weight / weight.sum() for weight in weights])))


def _complaints(kind: str, asked: Sequence[str], found: Sequence[set[int]], known: set[str]) -> list[str]:
    """A complaint for each name that nothing bears, with the nearest that something does."""
    spelled = {name.casefold(): name for name in sorted(known - {""})}
    complaints: list[str] = []
    for name, codes in zip(asked, found, strict=True):
        if not codes:
            near = [spelled[each] for each in difflib.get_close_matches(name.casefold(), spelled, NEAREST_NAMES)]
            hint = "the nearest known: " + ", ".join(near) if near else "nor is one like it known"
            complaints.append(f"no track is of the {kind} {name!r}, {hint}")
    return complaints


def _by_listeners(heard: sparse.csr_matrix, members: sparse.csr_matrix) -> Float32:
    """Likeness of every item to each named, shape (named, items): cosines of who hears them, summed."""
    units = normalise_rows(heard)
    return np.asarray(((members @ units) @ units.T).todense(), dtype=np.float32)


def _by_embedding(embeddings: Embeddings, members: sparse.csr_matrix) -> Float32:
    """Nearness of every item to each named, shape (named, items): their sum is nearness to the mean of all named."""
    units = embeddings.units
    return unit_rows(np.asarray(members @ units, dtype=np.float32)) @ units.T


def _reciprocal_ranks(scores: Float32, depth: int) -> Float32:
    """1 / (offset + rank) for the best; nothing for what is not alike at all."""
    top = top_items(np.where(scores > 0, scores, np.float32(-np.inf))[None, :], depth)
    worth = np.zeros(len(scores), dtype=np.float32)
    worth[top.items] = 1.0 / (OFFSET + 1.0 + top.ranks)
    return worth


def _share(view: Float32) -> Float32:
    """What part of an item's likeness each named has in it, shape (named, items)."""
    alike = np.maximum(view, 0.0)
    total = alike.sum(axis=0)
    return np.divide(alike, total, out=np.zeros_like(alike), where=total > 0)


def _reasons(choice: Choice, items: Items, named: _Named, share: Float32) -> NDArray[np.object_]:
    """The named that an item is most alike; an item of a named artist is so because of that one."""
    of = choice.top.items
    own = np.asarray(named.members[:, of].todense()) > 0
    own[named.artists :] = False
    most = np.where(own.any(axis=0), own.argmax(axis=0), share[:, of].argmax(axis=0))
    words = np.array(named.words, dtype=object)[most]
    # Of a genre it is enough to say so where the item is of it.
    of_genre = (most >= named.artists) & (items.text("primary_genre", of, "") == words)
    reasons = np.where(of_genre, "genre " + words, "because you name " + words)
    return with_chance(reasons, choice, items)


def _as_table(choice: Choice, scores: Float32, reasons: NDArray[np.object_], items: Items) -> pa.Table:
    of = choice.top.items
    texts = {
        "track_id": items.ids[of].tolist(),
        "track_name": items.text("track_name", of, "").tolist(),
        "artist_name": items.text("artist_name", of, "").tolist(),
        "primary_genre": items.text("primary_genre", of, "unclassified").tolist(),
        "reason": reasons.tolist(),
    }
    columns: dict[str, pa.Array] = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    columns["rank"] = pa.array(choice.top.ranks + 1)
    columns["score"] = pa.array(scores[0, of].astype(np.float64))
    return pa.table([columns[field.name] for field in COLD_LISTENER_SCHEMA], schema=COLD_LISTENER_SCHEMA)
