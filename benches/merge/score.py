"""How well records were put together: pairs of records right and wrong, loops, and plays counted.

Works on any clustering of the records, that of the warehouse as well as that of a naive rule (naive.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benches.merge.catalogue import Integers
from benches.merge.records import NO_PLAY
from benches.merge.truth import Booleans


@dataclass(frozen=True)
class Score:
    """Shares are 0 to 1."""

    precision: float
    """Of the pairs of records that were put together, the share that belongs together; 1 when there is no pair."""
    recall: float
    """Of the pairs of records of one true play, the share that was put together."""
    loops_intact: float
    """Of the true plays within loops, the share that became exactly one play made of its own records only."""
    exact: float
    """The same share of all plays that a source saw."""
    plays_true: int
    plays_counted: int


@dataclass(frozen=True)
class Coverage:
    """True plays that so many sources saw, and how many plays they became."""

    sources: int
    plays_true: int
    split: int
    """True plays whose records ended in more than one play."""
    mixed: int
    """True plays that share a play with records of another."""


def score(play: Integers, cluster: Integers, in_loop: Booleans) -> Score:
    """Judge a clustering.

    `play` is the true play of each record and `cluster` the play that the record was counted as; `in_loop` belongs to
    the true plays. Records with NO_PLAY are left out. Raises ValueError when no record is left.
    """
    scored = play != NO_PLAY
    if not scored.any():
        raise ValueError("no record has a true play")
    truth = play[scored]
    found = np.unique(cluster[scored], return_inverse=True)[1].astype(np.int64)
    together = _pairs(_together(truth, found))
    merged, right = _pairs(np.bincount(found)), _pairs(np.bincount(truth))
    split, mixed = split_and_mixed(truth, found)
    seen = np.unique(truth)
    exact = ~split[seen] & ~mixed[seen]
    looped = exact[in_loop[seen]]
    return Score(
        precision=together / merged if merged else 1.0,
        recall=together / right if right else 1.0,
        loops_intact=float(looped.mean()) if looped.size else 1.0,
        exact=float(exact.mean()),
        plays_true=len(seen),
        plays_counted=int(found.max()) + 1,
    )


def coverage(play: Integers, cluster: Integers, source: Integers) -> list[Coverage]:
    """Splits and mix-ups by the number of sources that saw a play; `source` is a small number for each record."""
    scored = play != NO_PLAY
    truth = play[scored]
    found = np.unique(cluster[scored], return_inverse=True)[1].astype(np.int64)
    split, mixed = split_and_mixed(truth, found)
    sightings = np.unique(truth * (int(source.max()) + 1) + source[scored]) // (int(source.max()) + 1)
    seen, sources = np.unique(sightings, return_counts=True)
    return [
        Coverage(
            sources=number,
            plays_true=int((sources == number).sum()),
            split=int(split[seen[sources == number]].sum()),
            mixed=int(mixed[seen[sources == number]].sum()),
        )
        for number in np.unique(sources).tolist()
    ]


def split_and_mixed(truth: Integers, found: Integers) -> tuple[Booleans, Booleans]:
    """For each true play up to the largest: in more than one cluster; in a cluster with records of others."""
    clusters = int(found.max()) + 1
    cells = np.unique(truth * clusters + found)
    cell_truth, cell_found = cells // clusters, cells % clusters
    split = np.bincount(cell_truth, minlength=int(truth.max()) + 1) > 1
    crowded = np.bincount(cell_found) > 1
    mixed = np.zeros(len(split), dtype=np.bool_)
    mixed[cell_truth[crowded[cell_found]]] = True
    return split, mixed


def _together(truth: Integers, found: Integers) -> Integers:
    """Records in each pair of true play and cluster."""
    return np.unique(truth * (int(found.max()) + 1) + found, return_counts=True)[1].astype(np.int64)


def _pairs(counts: Integers) -> int:
    return int((counts * (counts - 1) // 2).sum())
