"""What stands in a list once every item has its score: limits, what was shown lately, new releases, a share of chance.

Scores of minus infinity say what a listener must not be shown; that is decided before, in recommend.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommender.items import Items, cell_values, hashed
from ml.recommender.ranking import TopItems, limit_each, rank_within, top_items

ARTIST_LIMIT = 2
"""Most tracks of one artist for every ten recommended."""
RELEASE_DEPTH = 100
"""How far down a new release may stand and still have a place kept."""
DRAW_DEPTH = 10
"""Places of chance are drawn from so many times the length of the list."""
ORDINARY, DRAWN = 0, 1
"""Kinds of place."""


@dataclass(frozen=True)
class ListRules:
    """What every list of a call keeps to."""

    length: int
    exploration: float = 0.0
    """Share of the places that is drawn."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError(f"at least one recommendation must be asked for, not {self.length}")
        if not 0.0 <= self.exploration <= 1.0:
            raise ValueError(f"the share of exploration lies between 0 and 1, not at {self.exploration}")

    @property
    def most_of_artist(self) -> int:
        return ARTIST_LIMIT * -(-self.length // 10)

    @property
    def drawn(self) -> int:
        return int(self.exploration * self.length + 0.5)


@dataclass(frozen=True)
class Listening:
    """What the rules need to know of the listeners of a batch; rows are theirs."""

    listener_ids: NDArray[np.str_]
    plays_artist: sparse.csr_matrix
    """Shape (listeners, artists): weight of what they play of an artist."""
    shown: sparse.csr_matrix
    """Shape (listeners, items): shown lately without having been played."""


@dataclass(frozen=True)
class Choice:
    """Lists, and of each entry the kind of its place."""

    top: TopItems
    kind: NDArray[np.int64]


def choose(
    scores: NDArray[np.float32],
    items: Items,
    rules: ListRules,
    listening: Listening,
    is_release: NDArray[np.bool_] | None = None,
) -> Choice:
    """A list for each row of scores, shape (listeners, items); `is_release` tells which items are new releases.

    First come the best under the limits: two of an artist for every ten, and one id of each song. Whatever was shown
    lately stands behind everything that was not. For every ten places one is kept for the best release among the
    hundred best by an artist whom the listener plays, unless it was shown lately. The places of chance come last; they
    are drawn from artists whom the listener does not play, and where there are too few, the best take them.
    """
    depth = max(
        5 * rules.length,
        0 if is_release is None else RELEASE_DEPTH,
        DRAW_DEPTH * rules.length if rules.drawn else 0,
    )
    while True:
        ordered, exhausted = _ordered(scores, listening.shown, depth)
        choice = _choose(ordered, items, rules, listening, is_release)
        full = np.bincount(choice.top.rows, minlength=len(scores)) >= rules.length
        if (full | exhausted).all():
            return choice
        depth *= 4


def _ordered(scores: NDArray[np.float32], shown: sparse.csr_matrix, depth: int) -> tuple[TopItems, NDArray[np.bool_]]:
    """The best of each row, what was shown lately behind all others, and which rows hold everything there is."""
    stored = shown.tocoo()
    row, item = np.asarray(stored.row, dtype=np.int64), np.asarray(stored.col, dtype=np.int64)
    kept = scores[row, item]
    fresh = scores.copy() if len(row) else scores
    fresh[row, item] = -np.inf
    best = top_items(fresh, depth)
    exhausted = np.bincount(best.rows, minlength=len(scores)) < min(depth, scores.shape[1])
    # Behind a list that was cut short, their place is not known yet.
    behind = np.isfinite(kept) & exhausted[row]
    row, item, kept = row[behind], item[behind], kept[behind]
    order = np.lexsort((item, -kept, row))
    rows = np.concatenate([best.rows, row[order]])
    joined = np.argsort(rows, kind="stable")
    rows = rows[joined]
    everything = exhausted | (np.isfinite(scores).sum(axis=1) <= np.bincount(rows, minlength=len(scores)))
    return TopItems(rows, np.concatenate([best.items, item[order]])[joined], rank_within(rows)), everything


def _choose(
    ordered: TopItems,
    items: Items,
    rules: ListRules,
    listening: Listening,
    is_release: NDArray[np.bool_] | None,
) -> Choice:
    plays_artist = cell_values(listening.plays_artist, ordered.rows, items.artist[ordered.items]) > 0
    was_shown = cell_values(listening.shown, ordered.rows, ordered.items) > 0
    best = rules.length - rules.drawn

    turn = np.ones(len(ordered.rows), dtype=np.int64)
    if is_release is not None:
        release = plays_artist & is_release[ordered.items] & ~was_shown & (ordered.ranks < RELEASE_DEPTH)
        place = np.flatnonzero(release)
        first = rank_within(ordered.rows[place]) < min(rules.length // 10, best)
        turn[place[first]] = 0
    chosen = _within_limits(
        ordered, items, most_of_artist=rules.most_of_artist, turn=turn, within=ordered.ranks, count=best
    )
    kind = np.full(len(ordered.rows), ORDINARY, dtype=np.int64)
    if rules.drawn:
        ranks = ordered.ranks
        pool = ~chosen & ~plays_artist & (ranks >= rules.length) & (ranks < DRAW_DEPTH * rules.length)
        kind[pool] = DRAWN
        turn = np.where(chosen, 0, np.where(pool, 1, 2))
        lot = _lots(hashed(listening.listener_ids)[ordered.rows], items.hashes[ordered.items], rules.seed)
        within = np.where(pool, lot, ranks.astype(np.uint64))
        chosen = _within_limits(
            ordered, items, most_of_artist=rules.most_of_artist, turn=turn, within=within, count=rules.length
        )
    kept = np.flatnonzero(chosen)
    kept = kept[np.lexsort((ordered.ranks[kept], kind[kept], ordered.rows[kept]))]
    rows = ordered.rows[kept]
    return Choice(TopItems(rows, ordered.items[kept], rank_within(rows)), kind[kept])


def _within_limits(
    ordered: TopItems,
    items: Items,
    *,
    most_of_artist: int,
    turn: NDArray[np.int64],
    within: NDArray[np.int64] | NDArray[np.uint64],
    count: int,
) -> NDArray[np.bool_]:
    """Which entries are the first `count` of each row by turn, and within a turn, that the limits let through."""
    order = np.lexsort((ordered.items, within, turn, ordered.rows))
    rows = ordered.rows[order]
    entries = TopItems(rows, order, rank_within(rows))
    entries = limit_each(entries, items.song[ordered.items], 1)
    entries = limit_each(entries, items.artist[ordered.items], most_of_artist)
    chosen = np.zeros(len(order), dtype=bool)
    chosen[entries.items[entries.ranks < count]] = True
    return chosen


def _lots(listeners: NDArray[np.uint64], items: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """A number of chance for each pair of hashes, which depends on nothing but the seed and the pair."""
    # The finaliser of splitmix64: what is close by gives numbers that are far apart.
    mixed = (listeners * np.uint64(0x9E3779B97F4A7C15)) ^ (items + np.uint64(seed % (1 << 64)))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
