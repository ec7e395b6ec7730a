"""Several candidates as one, by their ranks, with weights of their own for the items that nobody has played.

Views that differ, such as factors and item-to-item weights, gain more together than more of the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import NotFittedError
from ml.recommender.ease import Ease
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.item_knn import ItemKnn
from ml.recommender.lightfm_hybrid import LightFMHybrid
from ml.recommender.model_file import ModelFile
from ml.recommender.own_history import OwnHistory
from ml.recommender.popularity import Popularity
from ml.recommender.protocol import Float32, Scorer, StoredCandidate, check_shapes
from ml.recommender.ranking import TopItems, stored_cells
from ml.recommender.ranks import best_ranks
from ml.recommender.shortlist import from_shortlists, shortlists
from ml.recommender.sparse_rows import shape_of

KINDS: Mapping[str, type[StoredCandidate]] = {
    kind.KIND: kind for kind in (Popularity, OwnHistory, ItemKnn, Ease, LightFMHybrid)
}
"""What a fusion can be made of."""
TAIL = 1e-7
"""What scores themselves are worth: less than one rank at the depth, so that they decide between equals only."""


@dataclass(frozen=True)
class FusionSettings:
    offset: float = 60.0
    """A rank r is worth 1 / (offset + r): Cormack and others 2009."""
    depth: int = 500
    """Ranks below are worth nothing."""


@dataclass(frozen=True)
class FusionParameters:
    known: sparse.csr_matrix
    """Shape (listeners, items); what is stored is known, and takes no rank."""
    unseen: NDArray[np.bool_]
    """Shape (items,)."""
    shortlists: sparse.csr_matrix | None = None
    """Shape (listeners, items): the best of each listener, where they were asked for."""

    def __post_init__(self) -> None:
        check_shapes(self, {"unseen": (shape_of(self.known)[1],)})
        if self.shortlists is not None:
            check_shapes(self, {"shortlists": shape_of(self.known)})


@dataclass(frozen=True)
class _Part:
    """One candidate, as far as it has a say."""

    score: Scorer
    weights: Float32
    """Of each item."""
    seen_only: bool
    """Whether it scores the items that somebody played, and no others."""


@dataclass(frozen=True)
class _Plan:
    """Who is asked for which items; one without a weight on unseen items is not asked for these."""

    known: sparse.csr_matrix
    seen: NDArray[np.intp]
    """The items that somebody played, ascending."""
    place: NDArray[np.int64]
    """Of each item among the seen ones."""
    parts: Sequence[_Part]


def _plan(
    fitted: FusionParameters,
    members: Mapping[str, StoredCandidate],
    weights: Mapping[str, float],
    unseen_weights: Mapping[str, float],
) -> _Plan:
    seen = np.flatnonzero(~fitted.unseen)
    parts: list[_Part] = []
    for name, member in members.items():
        of_items = np.where(fitted.unseen, unseen_weights[name], weights[name]).astype(np.float32)
        if not of_items.any():
            continue
        seen_only = len(seen) < len(of_items) and not unseen_weights[name]
        parts.append(_Part(member.scorer_of(seen) if seen_only else member.scores, of_items, seen_only))
    return _Plan(fitted.known, seen, np.cumsum(~fitted.unseen) - 1, parts)


class _Worths:
    """What the ranks, and below them the scores, of each candidate are worth, added up for some listeners."""

    def __init__(
        self, settings: FusionSettings, plan: _Plan, known: tuple[NDArray[np.int64], NDArray[np.int64]]
    ) -> None:
        self.settings, self.plan, self.known = settings, plan, known
        self.known_seen = (known[0], plan.place[known[1]])
        self.of_seen: Float32 | None = None
        """What the scores are worth of those who score seen items only."""

    def add(self, part: _Part, scores: Float32, total: Float32) -> None:
        """Adds 1 / (offset + r) where r - 1 unknown items stand above, for known items too; uses up `scores`."""
        known = self.known_seen if part.seen_only else self.known
        own = scores[known]
        lowest = scores.min(axis=1, keepdims=True)
        times = TAIL / np.maximum(scores.max(axis=1, keepdims=True) - lowest, np.finfo(np.float32).tiny)
        scores[known] = -np.inf
        top = best_ranks(scores, self.settings.depth)
        items = self.plan.seen[top.items] if part.seen_only else top.items
        total[top.rows, items] += part.weights[items] / (self.settings.offset + 1.0 + top.ranks)
        above = self._above(own, top, scores)
        worth = np.where(above < self.settings.depth, 1.0 / (self.settings.offset + 1.0 + above), 0.0)
        total[self.known] += part.weights[self.known[1]] * worth
        scores[known] = own
        scores -= lowest
        scores *= times
        self._add_tail(part, scores, total)

    def _above(self, own: Float32, top: TopItems, scores: Float32) -> NDArray[np.int64]:
        """How many of the best unknown items stand above each known one."""
        best = np.full((len(scores), self.settings.depth), -np.inf, dtype=np.float32)
        best[top.rows, top.ranks] = scores[top.rows, top.items]
        return (best[self.known[0]] > own[:, None]).sum(axis=1)

    def _add_tail(self, part: _Part, tail: Float32, total: Float32) -> None:
        if not part.seen_only:
            tail *= part.weights
            total += tail
            return
        tail *= part.weights[self.plan.seen[:1]]
        if self.of_seen is None:
            self.of_seen = tail
        else:
            self.of_seen += tail

    def finish(self, total: Float32) -> None:
        if self.of_seen is not None:
            total[:, self.plan.seen] += self.of_seen


class RankFusion(StoredCandidate):
    """The sum of reciprocal ranks, each times the weight of its candidate.

    Items that nobody played may have weights of their own, since the best candidates for items that are played are the
    worst for these. A candidate without weight there takes these items for its last.
    """

    KIND = "rank_fusion"

    def __init__(
        self,
        members: Mapping[str, StoredCandidate],
        *,
        weights: Mapping[str, float],
        unseen_weights: Mapping[str, float] | None = None,
        settings: FusionSettings | None = None,
    ) -> None:
        self.members = dict(members)
        self.weights = {name: float(weights.get(name, 0.0)) for name in members}
        of_unseen = weights if unseen_weights is None else unseen_weights
        self.unseen_weights = {name: float(of_unseen.get(name, 0.0)) for name in members}
        self.settings = settings or FusionSettings()
        self._fitted: FusionParameters | None = None
        self._plan: _Plan | None = None

    @property
    def listener_ids(self) -> NDArray[np.str_]:
        return self._first.listener_ids

    @property
    def item_ids(self) -> NDArray[np.str_]:
        return self._first.item_ids

    @property
    def _first(self) -> StoredCandidate:
        return next(iter(self.members.values()))

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:
        for member in self.members.values():
            member.fit(interactions, features)
        self.join(interactions)

    def join(self, interactions: InteractionMatrix) -> None:
        """Take the members as they are, fitted to these interactions."""
        self._fitted = FusionParameters(interactions.weights, ~interactions.seen_items)
        self._plan = None

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        plan = self._prepared()
        total = np.zeros((len(listener_rows), len(self.item_ids)), dtype=np.float32)
        worths = _Worths(self.settings, plan, stored_cells(plan.known, listener_rows))
        for part in plan.parts:
            worths.add(part, part.score(listener_rows), total)
        worths.finish(total)
        return total

    def keep_shortlists(self) -> None:
        """Works out the best of every listener, so that `recommend` can read them instead."""
        if self._fitted is None:
            raise NotFittedError("the fusion has not been fitted")
        kept = shortlists(self.scores, self._fitted.known)
        self._fitted = replace(self._fitted, shortlists=kept)

    def recommend(
        self, listener_rows: NDArray[np.intp], count: int, known: sparse.csr_matrix | None = None
    ) -> TopItems:
        fitted = self._fitted
        if fitted is not None and fitted.shortlists is not None and known is not None:
            found = from_shortlists(fitted.shortlists, fitted.known, listener_rows, count, known)
            if found is not None:
                return found
        return super().recommend(listener_rows, count, known)

    def _prepared(self) -> _Plan:
        if self._plan is None:
            if self._fitted is None:
                raise NotFittedError("the fusion has not been fitted")
            self._plan = _plan(self._fitted, self.members, self.weights, self.unseen_weights)
        return self._plan

    def to_file(self) -> ModelFile:
        if self._fitted is None:
            raise NotFittedError("the fusion has not been fitted")
        members = {name: member.to_file() for name, member in self.members.items()}
        numbers = {
            "weights": np.array([self.weights[name] for name in members], dtype=np.float32),
            "unseen_weights": np.array([self.unseen_weights[name] for name in members], dtype=np.float32),
            "settings": np.array([self.settings.offset, self.settings.depth], dtype=np.float32),
            "unseen": self._fitted.unseen.astype(np.float32),
        }
        shortlist = self._fitted.shortlists
        libraries = sorted({member.library for member in members.values()})
        return ModelFile(
            kind=self.KIND,
            library=", ".join(libraries),
            ids={},
            numbers=numbers,
            matrices={"known": self._fitted.known} | ({} if shortlist is None else {"shortlists": shortlist}),
            members=members,
        )

    @classmethod
    def from_file(cls, file: ModelFile) -> Self:
        members = {name: KINDS[member.kind].from_file(member) for name, member in file.members.items()}
        offset, depth = file.numbers["settings"].tolist()
        weights, unseen_weights = (
            dict(zip(members, file.numbers[name].tolist(), strict=True)) for name in ("weights", "unseen_weights")
        )
        model = cls(
            members, weights=weights, unseen_weights=unseen_weights, settings=FusionSettings(offset, int(depth))
        )
        model._fitted = FusionParameters(
            file.matrices["known"], file.numbers["unseen"] > 0, file.matrices.get("shortlists")
        )
        return model
