"""Several candidates as one, by their ranks, with weights of their own for the items that nobody has played.

Views that differ, such as factors and item-to-item weights, gain more together than more of the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from ml.recommender.protocol import Float32, StoredCandidate, check_shapes
from ml.recommender.ranking import stored_cells, top_items
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

    def __post_init__(self) -> None:
        check_shapes(self, {"unseen": (shape_of(self.known)[1],)})


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

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        if self._fitted is None:
            raise NotFittedError("the fusion has not been fitted")
        known = stored_cells(self._fitted.known, listener_rows)
        total = np.zeros((len(listener_rows), len(self.item_ids)), dtype=np.float32)
        unseen = self._fitted.unseen
        for name, member in self.members.items():
            scores = member.scores(listener_rows)
            if not self.unseen_weights[name]:
                scores[:, unseen] = scores.min(axis=1, keepdims=True)
            weight = np.where(unseen, self.unseen_weights[name], self.weights[name])
            total += weight.astype(np.float32) * self._reciprocal_ranks(scores, known)
        return total

    def _reciprocal_ranks(self, scores: Float32, known: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Float32:
        """1 / (offset + r), where r - 1 unknown items stand above; for known items, what they would have."""
        own = scores[known]
        low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
        worth = TAIL * (scores - low) / np.maximum(high - low, np.finfo(np.float32).tiny)
        scores[known] = -np.inf
        top = top_items(scores, self.settings.depth)
        worth[top.rows, top.items] += 1.0 / (self.settings.offset + 1.0 + top.ranks)
        best = np.full((len(scores), self.settings.depth), -np.inf, dtype=np.float32)
        best[top.rows, top.ranks] = scores[top.rows, top.items]
        above = (best[known[0]] > own[:, None]).sum(axis=1)
        worth[known] += np.where(above < self.settings.depth, 1.0 / (self.settings.offset + 1.0 + above), 0.0)
        return worth

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
        libraries = sorted({member.library for member in members.values()})
        return ModelFile(
            kind=self.KIND,
            library=", ".join(libraries),
            ids={},
            numbers=numbers,
            matrices={"known": self._fitted.known},
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
        model._fitted = FusionParameters(file.matrices["known"], file.numbers["unseen"] > 0)
        return model
