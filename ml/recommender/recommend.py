"""Recommendations: the best tracks for each listener that may be shown to them, each with a reason in words.

The order is the model's; what is left out, and why something is named as the reason, is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from ml.arrow import encode, positions
from ml.errors import InconsistentInputError
from ml.recommender.features import NO_GENRE
from ml.recommender.protocol import Candidate
from ml.recommender.ranking import TopItems, batches, eligibility, limit_artists, mask_known, top_items

ARTIST_LIMIT = 2
"""Most tracks of one artist for every ten recommended."""
FAVOURITE_GENRES = 3
"""A reason may name a genre that is among so many of the listener's best loved."""
RECOMMENDATIONS_SCHEMA = pa.schema(
    [
        ("listener_id", pa.string()),
        ("rank", pa.int64()),
        ("track_id", pa.string()),
        ("track_name", pa.string()),
        ("artist_name", pa.string()),
        ("primary_genre", pa.string()),
        ("score", pa.float64()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class _Items:
    """The model's items with what the track table says of them; row = item."""

    table: pa.Table
    """track_id, track_name, artist_name and primary_genre; nulls where the table lacks the track."""
    artist: NDArray[np.int64]
    """Code of the artist; tracks without an artist are artists of their own."""
    song: NDArray[np.int64]
    """Code of artist and title together, without case."""
    genre: NDArray[np.int64]
    """Code of the genre, -1 for none."""
    genres: int


def recommend(
    model: Candidate,
    interactions: pa.Table,
    tracks: pa.Table,
    listeners: pa.Table,
    *,
    heard: pa.Table | None = None,
    n: int = 10,
    include_known: bool = False,
) -> pa.Table:
    """RECOMMENDATIONS: up to `n` tracks for each of `listeners` the model knows, sorted by listener and rank.

    Left out are tracks the listener has played, under this or another id (unless `include_known`), by `interactions` or
    by the plays of `heard`, from which nothing was learnt; further more than two tracks of an artist for every ten,
    tracks that `tracks` lacks, for real listeners the tracks of origin `generated`, and tracks in no catalogue, which
    would tell one listener what another played. Equal scores stand in the order of their track ids. A listener the
    model does not know, or for whom nothing is left, has no rows.

    Raises:
        ValueError: `n` is below 1.
        InconsistentInputError: a track_id occurs twice in `tracks`.
        NotFittedError: the model has not been fitted.
    """
    if n < 1:
        raise ValueError(f"at least one recommendation must be asked for, not {n}")
    items = _items(tracks, model.item_ids)
    rows = np.unique(positions(listeners["listener_id"], model.listener_ids))
    rows = rows[rows >= 0]
    history = _history(interactions, model)
    played = history if heard is None else history + _history(_once(heard), model)
    allowed = eligibility(tracks, listeners, model.item_ids, model.listener_ids)
    parts = [RECOMMENDATIONS_SCHEMA.empty_table()]
    for batch in batches(rows, len(model.item_ids)):
        scores = model.scores(batch)
        allowed.mask(scores, batch)
        allowed.mask_histories(scores, history, batch)
        if not include_known:
            mask_known(scores, played, batch)
            _mask_same_song(scores, played[batch], items)
        top = _diverse_top(scores, items.artist, n)
        reasons = _reasons(top, history[batch], items)
        parts.append(_as_table(top, scores, reasons, items, model.listener_ids[batch]))
    return pa.concat_tables(parts).combine_chunks()


def _once(heard: pa.Table) -> pa.Table:
    """Each track of each listener, as an interaction."""
    pairs = heard.select(["listener_id", "track_id"]).group_by(["listener_id", "track_id"]).aggregate([])
    return pairs.append_column("weight", pa.array(np.ones(pairs.num_rows)))


def _mask_same_song(scores: NDArray[np.float32], history: sparse.csr_matrix, items: _Items) -> None:
    """Sets the scores of tracks with the artist and title of a played one to minus infinity, in place.

    A song has an id on each single, album and compilation that holds it.
    """
    membership = _membership(items.song, int(items.song.max(initial=-1)) + 1)
    played = history.copy()
    # A track that was only skipped has a stored weight of zero, and is known all the same.
    played.data = np.ones_like(played.data)
    row, item = sparse.csr_matrix(played @ membership @ membership.T).nonzero()
    scores[row, item] = -np.inf


def _diverse_top(scores: NDArray[np.float32], artist: NDArray[np.int64], n: int) -> TopItems:
    """The `n` best of each row under the artist limit; looks further down until every list is full or exhausted."""
    most = ARTIST_LIMIT * -(-n // 10)
    depth = 5 * n
    while True:
        candidates = top_items(scores, depth)
        limited = limit_artists(candidates, artist, most)
        chosen = limited.filter(limited.ranks < n)
        full = np.bincount(chosen.rows, minlength=len(scores)) >= n
        exhausted = np.bincount(candidates.rows, minlength=len(scores)) < depth
        if (full | exhausted).all():
            return chosen
        depth *= 4


def _items(tracks: pa.Table, item_ids: NDArray[np.str_]) -> _Items:
    place = positions(tracks["track_id"], item_ids)
    known = place[place >= 0]
    if len(np.unique(known)) != len(known):
        raise InconsistentInputError("tracks must have one row per track_id")
    row = np.full(len(item_ids), -1, dtype=np.int64)
    row[known] = np.flatnonzero(place >= 0)
    chosen = pa.array(row, mask=row < 0)
    names = ["track_name", "artist_name", "primary_genre", "artist_id"]
    table = tracks.select(names).take(chosen).append_column("track_id", pa.array(item_ids.tolist(), pa.string()))
    artists, artist = encode(table["artist_id"])
    genres, genre = encode(table["primary_genre"])
    is_genre = np.array([name.strip().lower() not in NO_GENRE for name in genres] + [False])
    alone = len(artists) + np.arange(len(item_ids))
    artist = np.where(artist < 0, alone, artist)
    lowered = pc.utf8_lower(table["track_name"])  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    titles, title = encode(lowered)
    _, song = np.unique(artist * (len(titles) + 1) + title + 1, return_inverse=True)
    return _Items(table, artist, song, np.where(is_genre[genre], genre, -1), len(genres))


def _history(interactions: pa.Table, model: Candidate) -> sparse.csr_matrix:
    """Weights of the interactions, shape (listeners, items) of the model; what the model does not know is left out."""
    row = positions(interactions["listener_id"], model.listener_ids)
    column = positions(interactions["track_id"], model.item_ids)
    known = (row >= 0) & (column >= 0)
    weights = interactions["weight"].to_numpy()[known]
    shape = (len(model.listener_ids), len(model.item_ids))
    return sparse.csr_matrix((weights, (row[known], column[known])), shape=shape)


def _reasons(top: TopItems, history: sparse.csr_matrix, items: _Items) -> NDArray[np.object_]:
    """A reason for each entry; rows of `history` are those of the lists."""
    if len(top.rows) == 0:
        return np.zeros(0, dtype=object)
    artist, genre = items.artist[top.items], items.genre[top.items]
    artists = int(items.artist.max(initial=-1)) + 1
    weight_of_artist = sparse.csr_matrix(history @ _membership(items.artist, artists))
    plays_artist = np.asarray(weight_of_artist[top.rows, artist]).ravel() > 0

    weight_of_genre = sparse.csr_matrix(history @ _membership(items.genre, items.genres)).toarray()
    favourite = np.zeros_like(weight_of_genre, dtype=bool)
    best = np.argsort(-weight_of_genre, axis=1, kind="stable")[:, :FAVOURITE_GENRES]
    np.put_along_axis(favourite, best, values=True, axis=1)
    favourite &= weight_of_genre > 0
    likes_genre = np.zeros(len(genre), dtype=bool)
    likes_genre[genre >= 0] = favourite[top.rows[genre >= 0], genre[genre >= 0]]

    details = items.table.take(pa.array(top.items))
    artist_name = details["artist_name"].fill_null("this artist").to_numpy()
    genre_name = details["primary_genre"].fill_null("").to_numpy()
    otherwise = np.full(len(genre), "popular with listeners like you", dtype=object)
    reasons = np.where(likes_genre, genre_name + ", which you play a lot", otherwise)
    return np.where(plays_artist, "because you play " + artist_name, reasons)


def _membership(group: NDArray[np.int64], groups: int) -> sparse.csr_matrix:
    """Shape (items, groups): 1 where the item belongs to the group; group -1 is none."""
    member = np.flatnonzero(group >= 0)
    return sparse.csr_matrix((np.ones(len(member)), (member, group[member])), shape=(len(group), groups))


def _as_table(
    top: TopItems,
    scores: NDArray[np.float32],
    reasons: NDArray[np.object_],
    items: _Items,
    listener_ids: NDArray[np.str_],
) -> pa.Table:
    details = items.table.take(pa.array(top.items))
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "listener_id": pa.array(listener_ids[top.rows].tolist(), pa.string()),
        "rank": pa.array(top.ranks + 1),
        "track_id": details["track_id"],
        "track_name": details["track_name"].fill_null(""),
        "artist_name": details["artist_name"].fill_null(""),
        "primary_genre": details["primary_genre"].fill_null("unclassified"),
        "score": pa.array(scores[top.rows, top.items].astype(np.float64)),
        "reason": pa.array(reasons, pa.string()),
    }
    return pa.table([columns[field.name] for field in RECOMMENDATIONS_SCHEMA], schema=RECOMMENDATIONS_SCHEMA)
