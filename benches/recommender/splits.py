"""What is held out of a world, and what a model sees of the rest.

Warm: a fifth of each listener's artists. Cold: a tenth of the tagged artists from everybody, of which a model knows the
tags only, either all or those given by people who will not be asked for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benches.recommender.world import World
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.sparse_rows import tf_idf

HELD_OUT = 0.2
FEWEST_ARTISTS = 5
"""Listeners with fewer keep all."""
FEWEST_OF_TAG = 5
"""A tag stays that so many listeners gave, to so many artists."""
COLD_SHARE = 0.1
CONSTANT_WEIGHT = 1.0
"""Of the feature that every artist has, so that none is without any."""

TagsKnown = Literal["all", "of others"]


@dataclass(frozen=True)
class Task:
    """What a model learns from, and what it is asked for."""

    interactions: InteractionMatrix
    """Weights are log(1 + count)."""
    features: FeatureMatrix
    relevant: sparse.csr_matrix
    """Shape (listeners, items): 1 where it was held out."""
    asked: NDArray[np.bool_]
    """Items among which is ranked, shape (items,)."""


def warm_task(world: World, seed: int) -> Task:
    return _task(world, *split(world.counts, seed), np.ones(len(world.item_ids), dtype=bool))


def validation_task(world: World, seed: int) -> Task:
    """A warm task within the training part of the warm task of that seed: what choices may be made on."""
    train, outer = split(world.counts, seed)
    inner, relevant = split(train, seed)
    # Whatever is held out there keeps being unknown here, its tags included.
    hidden = relevant + outer
    task = _task(world, inner, hidden, np.ones(len(world.item_ids), dtype=bool))
    return replace(task, relevant=_ones(relevant))


def split(counts: sparse.csr_matrix, seed: int) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Training part and held-out part, both with the counts."""
    rng = np.random.default_rng(seed)
    is_held = np.zeros(counts.nnz, dtype=bool)
    for begin, end in zip(counts.indptr[:-1], counts.indptr[1:], strict=True):
        known = int(end - begin)
        if known >= FEWEST_ARTISTS:
            is_held[begin + rng.permutation(known)[: max(1, round(HELD_OUT * known))]] = True
    return _part(counts, ~is_held), _part(counts, is_held)


def cold_task(world: World, seed: int, tags: TagsKnown) -> Task:
    """Ranks the cold artists among each other; `in_full_catalogue` asks the same among all."""
    everything = tag_features(world, None, np.ones(len(world.item_ids), dtype=bool))
    # Every artist has the constant, these a tag besides.
    tagged = np.flatnonzero(np.diff(everything.named.indptr) > 1)
    chosen = np.random.default_rng(seed).permutation(tagged)[: int(COLD_SHARE * len(tagged))]
    is_cold = np.zeros(len(world.item_ids), dtype=bool)
    is_cold[chosen] = True
    cell_is_cold = is_cold[world.counts.indices]
    train, held = _part(world.counts, ~cell_is_cold), _part(world.counts, cell_is_cold)
    return _task(world, train, held, is_cold, hide_tags=tags == "of others")


def in_full_catalogue(task: Task) -> Task:
    return replace(task, asked=np.ones_like(task.asked))


def _task(
    world: World,
    train: sparse.csr_matrix,
    held: sparse.csr_matrix,
    asked: NDArray[np.bool_],
    *,
    hide_tags: bool = True,
) -> Task:
    weights = sparse.csr_matrix(train, dtype=np.float32, copy=True)
    weights.data = np.log1p(weights.data)
    interactions = InteractionMatrix(world.listener_ids, world.item_ids, weights)
    features = tag_features(world, held if hide_tags else None, interactions.seen_items)
    return Task(interactions, features, _ones(held), asked)


def _ones(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    ones = sparse.csr_matrix(counts, dtype=np.int8, copy=True)
    ones.data[:] = 1
    return ones


def tag_features(world: World, held: sparse.csr_matrix | None, seen: NDArray[np.bool_]) -> FeatureMatrix:
    """Tags by tf-idf, and the constant; without what listeners said of artists held out for them."""
    given = np.ones(len(world.tag), dtype=bool)
    if held is not None:
        listens = world.tagger >= 0
        hidden = np.asarray(held[world.tagger[listens], world.tagged[listens]]).ravel() > 0
        given[np.flatnonzero(listens)[hidden]] = False
    tagger, tagged, tag = (values[given] for values in (world.tagger, world.tagged, world.tag))
    tags, tag = np.unique(tag, return_inverse=True)
    enough = (_different(tag, tagger, len(tags)) >= FEWEST_OF_TAG) & (
        _different(tag, tagged, len(tags)) >= FEWEST_OF_TAG
    )
    column = np.cumsum(enough) - 1
    kept = enough[tag]
    shape = (len(world.item_ids), int(enough.sum()))
    counts = sparse.csr_matrix((np.ones(int(kept.sum())), (tagged[kept], column[tag[kept]])), shape=shape)
    constant = sparse.csr_matrix(np.full((shape[0], 1), CONSTANT_WEIGHT))
    named = sparse.csr_matrix(sparse.hstack([tf_idf(counts), constant]))
    names = np.array([*(f"tag:{name}" for name in tags[enough].tolist()), "any:artist"])
    return FeatureMatrix(world.item_ids, names, np.flatnonzero(seen), named)


def _different(group: NDArray[np.int64], member: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """How many different members each group has."""
    pairs = np.unique(np.stack([group, member]), axis=1)
    return np.bincount(pairs[0], minlength=groups)


def _part(counts: sparse.csr_matrix, chosen: NDArray[np.bool_]) -> sparse.csr_matrix:
    cells = counts.tocoo()
    return sparse.csr_matrix((cells.data[chosen], (cells.row[chosen], cells.col[chosen])), shape=counts.shape)
