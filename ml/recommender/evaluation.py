"""How good a recommender is: trained on the past, asked for the future, compared with popularity.

The split is by time for all listeners at once, so nothing that a model learns from lies after what it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from ml.arrow import positions
from ml.errors import EvaluationError
from ml.recommender.aligned import Aligned
from ml.recommender.features import build_item_features, feature_matrix
from ml.recommender.interactions import (
    InteractionMatrix,
    build_interactions,
    interaction_matrix,
    item_positions,
    sorted_item_ids,
    trainable_plays,
)
from ml.recommender.protocol import Candidate
from ml.recommender.ranking import Eligibility, batches, eligibility, mask_known, top_items

TRAIN_SHARE = 0.8
FEWEST_LISTENERS = 2
LIST_LENGTH = 10
LONG_LIST_LENGTH = 20
EVALUATION_SCHEMA = pa.schema(
    [
        ("model", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("half_width", pa.float64()),
        ("listeners", pa.int64()),
        ("split_at", pa.timestamp("us")),
    ]
)
Z95 = 1.96


@dataclass(frozen=True)
class Evaluation:
    """What every candidate reached for every listener that was asked."""

    split_at: datetime
    listener_ids: NDArray[np.str_]
    by_listener: Mapping[str, Mapping[str, NDArray[np.float64]]]
    """Metric and model name to one figure per listener."""
    coverage: Mapping[str, float]
    """Share of all tracks that stand in any list of ten, by model."""

    def table(self) -> pa.Table:
        """EVALUATION_SCHEMA: means, with half the width of their 95 % intervals over listeners."""
        rows: list[tuple[str, str, float, float | None]] = []
        for model, metrics in self.by_listener.items():
            rows += [(model, metric, *mean_and_half_width(values)) for metric, values in metrics.items()]
            rows.append((model, "coverage_at_10", self.coverage[model], None))
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
        columns += [[len(self.listener_ids)] * len(rows), [self.split_at] * len(rows)]
        arrays = [pa.array(values, field.type) for values, field in zip(columns, EVALUATION_SCHEMA, strict=True)]
        return pa.table(arrays, schema=EVALUATION_SCHEMA)


def mean_and_half_width(values: NDArray[np.float64]) -> tuple[float, float | None]:
    """The mean and half the width of its 95 % interval; None for fewer than two values."""
    if len(values) < 2:
        return float(values.mean()), None
    return float(values.mean()), float(Z95 * values.std(ddof=1) / np.sqrt(len(values)))


@dataclass(frozen=True)
class TemporalSplit:
    """Plays before and from `split_at` (UTC)."""

    split_at: datetime
    train: pa.Table
    test: pa.Table


def temporal_split(
    plays: pa.Table, train_share: float = TRAIN_SHARE, *, split_at: datetime | None = None
) -> TemporalSplit:
    """Splits the plays that may be learnt from at `split_at`, else at the time before which `train_share` of them lie.

    Raises:
        EvaluationError: one of the two sides would be empty.
    """
    allowed = trainable_plays(plays).sort_by("started_at")
    if allowed.num_rows == 0:
        raise EvaluationError("there are no plays that may be learnt from, so there is nothing to split")
    times = allowed["started_at"].to_numpy()
    if split_at is None:
        boundary = times[min(int(train_share * len(times)), len(times) - 1)]
    else:
        boundary = np.datetime64(split_at, "us")
    train_rows = int(np.searchsorted(times, boundary))
    if train_rows == 0:
        raise EvaluationError(f"all {len(times)} plays lie at or after {boundary}: there is no past to learn from")
    if train_rows == len(times):
        raise EvaluationError(f"all {len(times)} plays lie before {boundary}: there is no future to ask for")
    return TemporalSplit(
        split_at=boundary.astype("datetime64[us]").item(),
        train=allowed.slice(0, train_rows),
        test=allowed.slice(train_rows),
    )


def measure(
    plays: pa.Table,
    tracks: pa.Table,
    listeners: pa.Table,
    recommenders: Mapping[str, Candidate],
    *,
    fitted: Mapping[str, Candidate] | None = None,
    split_at: datetime | None = None,
    shares: pa.Table | None = None,
) -> Evaluation:
    """Each recommender by name; they are fitted here, on the past only, but for those of `fitted`.

    Relevant is what a listener first played after the split. All tracks the listener may be shown are ranked, without
    those known from the past. Asked for are the listeners with a past and something relevant: precision@10, recall@20
    (of all that is relevant), NDCG@10 (binary gain, ideal cut at 10), MAP@10 (divided by the number of relevant tracks,
    at most 10); coverage@10 is the share of all tracks that stand in any list. Genres are by `shares`
    (GENRE_SHARES) where they are given.

    Raises:
        EvaluationError: the plays cannot be split, or nobody has a past and something relevant.
        InconsistentInputError: plays of tracks that `tracks` lacks.
    """
    split = temporal_split(plays, split_at=split_at)
    item_ids = sorted_item_ids(tracks)
    past = interaction_matrix(build_interactions(split.train, as_of=split.split_at), item_ids)
    features = feature_matrix(build_item_features(tracks, shares), item_ids, past.seen_items)
    relevant = _relevant(past, split.test)
    rows = np.flatnonzero(np.diff(relevant.indptr) > 0)
    if len(past.listener_ids) < FEWEST_LISTENERS:
        raise EvaluationError("one listener alone: what they went on to play is all there is to choose from")
    if len(rows) == 0:
        raise EvaluationError(f"no listener with plays before {split.split_at} played a new track after it")
    allowed = eligibility(tracks, listeners, item_ids, past.listener_ids)
    for candidate in recommenders.values():
        candidate.fit(past, features)
    of_before = {name: Aligned(model, past.listener_ids, item_ids) for name, model in (fitted or {}).items()}
    by_listener: dict[str, Mapping[str, NDArray[np.float64]]] = {}
    coverage: dict[str, float] = {}
    for name, candidate in {**recommenders, **of_before}.items():
        hits, coverage[name] = _hits(candidate, past, relevant, rows, allowed)
        by_listener[name] = figures_by_listener(hits, np.diff(relevant.indptr)[rows])
    return Evaluation(split.split_at, past.listener_ids[rows], by_listener, coverage)


def _hits(
    candidate: Candidate | Aligned,
    past: InteractionMatrix,
    relevant: sparse.csr_matrix,
    rows: NDArray[np.int64],
    allowed: Eligibility,
) -> tuple[NDArray[np.bool_], float]:
    """Which ranks of each list, shape (rows, 20), hold something relevant; and the share of items in any ten."""
    hits = np.zeros((len(rows), LONG_LIST_LENGTH), dtype=bool)
    shown = np.zeros(len(past.item_ids), dtype=bool)
    for batch in batches(np.arange(len(rows)), len(past.item_ids)):
        scores = candidate.scores(rows[batch])
        allowed.mask(scores, rows[batch])
        mask_known(scores, past.weights, rows[batch])
        top = top_items(scores, LONG_LIST_LENGTH)
        is_hit = np.asarray(relevant[rows[batch][top.rows], top.items]).ravel() > 0
        hits[batch[top.rows], top.ranks] = is_hit
        shown[top.items[top.ranks < LIST_LENGTH]] = True
    return hits, float(shown.mean())


def ranking_figures(hits: NDArray[np.bool_], relevant: NDArray[np.int64]) -> dict[str, float]:
    """Means over listeners of `figures_by_listener`."""
    return {name: float(values.mean()) for name, values in figures_by_listener(hits, relevant).items()}


def figures_by_listener(hits: NDArray[np.bool_], relevant: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """The ranking metrics of each listener.

    `hits`, shape (listeners, 20), says which ranks hold a relevant track; `relevant`, shape (listeners,), is how many
    relevant tracks there are, at least 1.
    """
    short = hits[:, :LIST_LENGTH]
    ideal = np.minimum(relevant, LIST_LENGTH)
    discount = 1.0 / np.log2(np.arange(2, LIST_LENGTH + 2))
    precision_at_rank = np.cumsum(short, axis=1) / np.arange(1, LIST_LENGTH + 1)
    return {
        "ndcg_at_10": short @ discount / np.cumsum(discount)[ideal - 1],
        "recall_at_20": hits.sum(axis=1) / relevant,
        "precision_at_10": short.mean(axis=1),
        "map_at_10": (precision_at_rank * short).sum(axis=1) / ideal,
    }


def _relevant(past: InteractionMatrix, test: pa.Table) -> sparse.csr_matrix:
    """1 where a listener of the past first played an item in the test part, shape of `past.weights`.

    Raises InconsistentInputError when a test play's track is not among the items.
    """
    future = build_interactions(test)
    row = positions(future["listener_id"], past.listener_ids)
    column = item_positions(future, past.item_ids)
    known_listener = row >= 0
    row, column = row[known_listener], column[known_listener]
    items = len(past.item_ids)
    past_cells = np.repeat(np.arange(len(past.listener_ids)), np.diff(past.weights.indptr)) * items
    is_new = ~np.isin(row * items + column, past_cells + past.weights.indices)
    ones = np.ones(int(is_new.sum()), dtype=np.int8)
    return sparse.csr_matrix((ones, (row[is_new], column[is_new])), shape=past.weights.shape)
