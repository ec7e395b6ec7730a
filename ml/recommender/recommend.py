"""Recommendations: the best tracks for each listener that may be shown to them, each with a reason in words.

The order is the model's; what is left out is decided here. What else a list keeps to is in choosing.py, the reasons
are in reasons.py, and listeners whom the model does not know are scored in newcomers.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from ml.arrow import encode, positions
from ml.recommender.choosing import Choice, Listening, ListRules, choose
from ml.recommender.items import Items, items_of, pair_matrix
from ml.recommender.newcomers import popularity_of, popularity_scores
from ml.recommender.protocol import Candidate
from ml.recommender.ranking import Eligibility, batches, eligibility, mask_known
from ml.recommender.reasons import favourite_genres, reasons_of_model, reasons_of_popularity

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


def recommend(
    model: Candidate,
    interactions: pa.Table,
    tracks: pa.Table,
    listeners: pa.Table,
    *,
    heard: pa.Table | None = None,
    n: int = 10,
    include_known: bool = False,
    excluded: pa.Table | None = None,
    shown: pa.Table | None = None,
    as_of: date | None = None,
    exploration: float = 0.0,
    seed: int = 0,
) -> pa.Table:
    """RECOMMENDATIONS: up to `n` tracks for each of `listeners`, sorted by listener and rank.

    Left out are tracks the listener has played, under this or another id (unless `include_known`), by `interactions` or
    by the plays of `heard`, from which nothing was learnt; what `excluded` (listener_id, track_id, artist_id; nulls
    exclude nothing) names; tracks that `tracks` lacks, for real listeners the tracks of origin `generated`, and tracks
    in no catalogue, which would tell one listener what another played. Lists hold no more than two tracks of an artist
    for every ten, and no song twice. Equal scores stand in the order of their track ids.

    What `shown` (listener_id, track_id) says was shown lately, and was not played since, stands behind everything else.
    With `as_of`, tracks of that year and the year before by artists whom the listener plays are new releases, and one
    place in ten is kept for the best of them (`release_year` of `tracks` tells). The share `exploration` of the places
    is drawn by chance from further down; a listener's draw depends on `seed` and on nothing of the others.

    A listener the model does not know gets what most listeners of `interactions` play, that of their own favourite
    genres first. Somebody for whom nothing is left has no rows.

    Raises:
        ValueError: `n` is below 1, or `exploration` is no share.
        InconsistentInputError: a track_id occurs twice in `tracks`.
        NotFittedError: the model has not been fitted.
    """
    rules = ListRules(n, exploration, seed)
    items = items_of(tracks, model.item_ids)
    is_release = None if as_of is None else np.isin(items.release_year, [as_of.year, as_of.year - 1])
    everyone = _everyone(
        items,
        interactions,
        tracks,
        listeners,
        heard=heard,
        excluded=excluded,
        shown=shown,
        include_known=include_known,
    )
    in_model = positions(pa.array(everyone.listener_ids.tolist(), pa.string()), model.listener_ids)
    parts = [RECOMMENDATIONS_SCHEMA.empty_table()]
    for rows in batches(np.flatnonzero(in_model >= 0), len(items.ids)):
        scores = everyone.masked(model.scores(in_model[rows]), rows)
        taste = everyone.history[rows]
        listening = everyone.listening(rows, taste, items)
        choice = choose(scores, items, rules, listening, is_release)
        reasons = reasons_of_model(
            choice, items, taste=taste, plays_artist=listening.plays_artist, is_release=is_release
        )
        parts.append(_as_table(choice, scores, reasons, items, listening.listener_ids))
    strangers = np.flatnonzero(in_model < 0)
    popularity = popularity_of(interactions, items.ids)
    parts.extend(_for_strangers(everyone, strangers, items, popularity=popularity, rules=rules, is_release=is_release))
    order = [("listener_id", "ascending"), ("rank", "ascending")]
    return pa.concat_tables(parts).sort_by(order).combine_chunks()


@dataclass(frozen=True)
class _Everyone:
    """What is known of the listeners of a call; rows are theirs, and all matrices have the shape (listeners, items)."""

    listener_ids: NDArray[np.str_]
    """Sorted."""
    history: sparse.csr_matrix
    """Weights of the interactions; a weight of zero is stored when a track was only skipped."""
    heard: sparse.csr_matrix
    """1 for what they played, learnt from or not."""
    heard_as: sparse.csr_matrix
    """The same, with the other ids of each song, those of which the model knows nothing included."""
    shown: sparse.csr_matrix
    """1 for what was shown lately and was not played."""
    excluded: sparse.csr_matrix
    allowed: Eligibility
    include_known: bool

    def masked(self, scores: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The scores, with minus infinity in place for whatever these listeners must not be shown."""
        self.allowed.mask(scores, rows)
        self.allowed.mask_histories(scores, self.history, rows)
        mask_known(scores, self.excluded, rows)
        if not self.include_known:
            mask_known(scores, self.heard_as, rows)
        return scores

    def listening(self, rows: NDArray[np.intp], taste: sparse.csr_matrix, items: Items) -> Listening:
        plays_artist = sparse.csr_matrix(taste @ items.of_artist)
        return Listening(self.listener_ids[rows], plays_artist, self.shown[rows])


def _everyone(
    items: Items,
    interactions: pa.Table,
    tracks: pa.Table,
    listeners: pa.Table,
    *,
    heard: pa.Table | None,
    excluded: pa.Table | None,
    shown: pa.Table | None,
    include_known: bool,
) -> _Everyone:
    ids = np.array(encode(listeners["listener_id"])[0], dtype=np.str_)
    nothing = sparse.csr_matrix((len(ids), len(items.ids)))
    weights = interactions["weight"].to_numpy().astype(np.float64)
    history = pair_matrix(interactions["listener_id"], interactions["track_id"], ids, items.ids, weights)
    played = interactions.select(["listener_id", "track_id"])
    if heard is not None:
        played = pa.concat_tables([played, heard.select(["listener_id", "track_id"])], promote_options="permissive")
    known = _ones(pair_matrix(played["listener_id"], played["track_id"], ids, items.ids))
    lately = nothing
    if shown is not None:
        lately = _ones(pair_matrix(shown["listener_id"], shown["track_id"], ids, items.ids))
        lately = sparse.csr_matrix(lately - lately.multiply(known))
        lately.eliminate_zeros()
    every_id = items_of(tracks, np.union1d(items.ids, np.array(encode(tracks["track_id"])[0], dtype=np.str_)))
    return _Everyone(
        listener_ids=ids,
        history=history,
        heard=known,
        heard_as=_under_any_id(played, ids, items, every_id),
        shown=lately,
        excluded=nothing if excluded is None else _excluded(excluded, ids, items, every_id),
        allowed=eligibility(tracks, listeners, items.ids, ids),
        include_known=include_known,
    )


def _under_any_id(pairs: pa.Table, listener_ids: NDArray[np.str_], items: Items, every_id: Items) -> sparse.csr_matrix:
    """Shape (listeners, items): the items that are the songs of the pairs.

    A song has an id on each single, album and compilation that holds it.
    """
    songs = pair_matrix(pairs["listener_id"], pairs["track_id"], listener_ids, every_id.ids) @ every_id.of_song
    of_items = every_id.of_song[np.searchsorted(every_id.ids, items.ids)]
    return sparse.csr_matrix(songs @ of_items.T)


def _excluded(excluded: pa.Table, listener_ids: NDArray[np.str_], items: Items, every_id: Items) -> sparse.csr_matrix:
    """Excluded tracks under any of their ids, and all of excluded artists."""
    artists = pair_matrix(excluded["listener_id"], excluded["artist_id"], listener_ids, items.artist_ids)
    of_artist = items.of_artist[:, : len(items.artist_ids)]
    return sparse.csr_matrix(_under_any_id(excluded, listener_ids, items, every_id) + artists @ of_artist.T)


def _for_strangers(
    everyone: _Everyone,
    strangers: NDArray[np.intp],
    items: Items,
    *,
    popularity: NDArray[np.float32],
    rules: ListRules,
    is_release: NDArray[np.bool_] | None,
) -> Iterator[pa.Table]:
    """RECOMMENDATIONS by batch for listeners whom the model does not know."""
    for rows in batches(strangers, len(items.ids)):
        # Plays that nothing may be learnt from may still tell the listener's own genres.
        silent = np.asarray(everyone.history[rows].sum(axis=1)).ravel() == 0
        taste = sparse.csr_matrix(everyone.history[rows] + sparse.diags(silent.astype(float)) @ everyone.heard[rows])
        favourite = favourite_genres(taste, items)
        scores = everyone.masked(popularity_scores(popularity, favourite, items), rows)
        listening = everyone.listening(rows, taste, items)
        choice = choose(scores, items, rules, listening, is_release)
        reasons = reasons_of_popularity(
            choice,
            items,
            favourite=favourite,
            is_popular=popularity > 0,
            plays_artist=listening.plays_artist,
            is_release=is_release,
        )
        yield _as_table(choice, scores, reasons, items, listening.listener_ids)


def _ones(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    ones = sparse.csr_matrix(matrix, copy=True)
    ones.data = np.ones_like(ones.data)
    return ones


def _as_table(
    choice: Choice,
    scores: NDArray[np.float32],
    reasons: NDArray[np.object_],
    items: Items,
    listener_ids: NDArray[np.str_],
) -> pa.Table:
    top = choice.top
    texts = {
        "listener_id": listener_ids[top.rows].tolist(),
        "track_id": items.ids[top.items].tolist(),
        "track_name": items.text("track_name", top.items, "").tolist(),
        "artist_name": items.text("artist_name", top.items, "").tolist(),
        "primary_genre": items.text("primary_genre", top.items, "unclassified").tolist(),
        "reason": reasons.tolist(),
    }
    columns: dict[str, pa.Array] = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    columns["rank"] = pa.array(top.ranks + 1)
    columns["score"] = pa.array(scores[top.rows, top.items].astype(np.float64))
    return pa.table([columns[field.name] for field in RECOMMENDATIONS_SCHEMA], schema=RECOMMENDATIONS_SCHEMA)
