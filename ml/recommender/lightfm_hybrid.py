"""The hybrid of listeners, tracks and what is known of the tracks, trained by LightFM and served without it.

Training is the only place that imports LightFM; scores are a product of the embeddings it leaves behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import TrainingDivergedError
from ml.recommender.feature_sets import BETWEEN, FeatureSet, hybrid_features
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.model_file import ModelFile
from ml.recommender.protocol import Float32, LearningCandidate, Scorer, check_shapes


@dataclass(frozen=True)
class HybridParameters:
    """What the hybrid has learnt: score = listener embedding . item embedding + listener bias + item bias."""

    library: str
    """Name and version of the library that trained it."""
    listener_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    listener_embeddings: Float32
    """Shape (listeners, components)."""
    listener_biases: Float32
    item_embeddings: Float32
    """Shape (items, components): sums of the embeddings of the item's features."""
    item_biases: Float32

    def __post_init__(self) -> None:
        components = self.item_embeddings.shape[-1]
        expected = {
            "listener_embeddings": (len(self.listener_ids), components),
            "listener_biases": (len(self.listener_ids),),
            "item_embeddings": (len(self.item_ids), components),
            "item_biases": (len(self.item_ids),),
        }
        check_shapes(self, expected)


FEW_LISTENERS = FeatureSet(BETWEEN, identity=0.25)
"""Features that suit a few dozen listeners, of whom few share a track: tracks are little by themselves."""


@dataclass(frozen=True)
class HybridSettings:
    """How the hybrid is trained.

    The defaults suit a few hundred listeners and train in seconds. Many listeners and tracks repay smaller steps, more
    components, samples and epochs (on HetRec Last.fm-2K: 128, .02, 100 and 40), at many times the cost.
    """

    components: int = 32
    epochs: int = 8
    learning_rate: float = 0.05
    max_sampled: int = 10
    loss: Literal["warp", "bpr"] = "warp"
    weighted: bool = True
    """Whether stronger interactions take larger steps."""
    features: FeatureSet = FEW_LISTENERS
    listener_times: float = 0.0
    """By what the features of listeners are multiplied beside their identities; 0 for identities alone."""
    seed: int = 42
    threads: int = 1
    """One thread is reproducible; more are faster and are not."""


class HybridTraining:
    """The training of one hybrid, some epochs at a time: as many in parts are the same as all at once."""

    def __init__(self, settings: HybridSettings, interactions: InteractionMatrix, features: FeatureMatrix) -> None:
        # Only training needs LightFM, and its import is slow.
        from lightfm import LightFM, __version__  # noqa: PLC0415

        self.settings = settings
        self._library = f"lightfm {__version__}"
        self._interactions = interactions
        self._seen = features.identity_items
        self._of_items = hybrid_features(features, settings.features)
        self._of_listeners = _listener_rows(interactions, settings.listener_times)
        self._positives, self._strength = _positives(interactions, self._seen)
        self._model = LightFM(
            no_components=settings.components,
            learning_rate=settings.learning_rate,
            loss=settings.loss,
            max_sampled=settings.max_sampled,
            random_state=settings.seed,
        )

    def go_on(self, epochs: int) -> None:
        """Raises TrainingDivergedError when a number is no longer finite."""
        try:
            self._model.fit_partial(
                self._positives,
                user_features=self._of_listeners,
                item_features=self._of_items[self._seen],
                sample_weight=self._strength if self.settings.weighted else None,
                epochs=epochs,
                num_threads=self.settings.threads,
            )
        except ValueError as error:
            raise TrainingDivergedError(f"training ended badly, try a smaller learning rate: {error}") from error

    def parameters(self) -> HybridParameters:
        """What was learnt until now."""
        listeners, listener_biases = self._listeners()
        items = self._of_items @ self._model.item_embeddings
        biases = self._of_items @ self._model.item_biases
        try:
            return HybridParameters(
                library=self._library,
                listener_ids=self._interactions.listener_ids,
                item_ids=self._interactions.item_ids,
                listener_embeddings=listeners,
                listener_biases=listener_biases,
                item_embeddings=items,
                item_biases=_with_unknown_last(self._of_items, listeners, items, biases),
            )
        except ValueError as error:
            raise TrainingDivergedError(f"training ended badly, try a smaller learning rate: {error}") from error

    def _listeners(self) -> tuple[Float32, Float32]:
        """Embeddings and biases: of those with features the sum of theirs."""
        embeddings, biases = self._model.user_embeddings, self._model.user_biases
        if self._of_listeners is not None:
            embeddings, biases = self._of_listeners @ embeddings, self._of_listeners @ biases
        return np.array(embeddings, dtype=np.float32), np.array(biases, dtype=np.float32)


class LightFMHybrid(LearningCandidate[HybridParameters]):
    """LightFM (Kula 2015, arXiv 1507.08439): item identities and item features, weighted interactions.

    The loss is WARP; `bpr` collapses on hybrids and is there to show it. Items that nobody played take no part in
    training, where they would be sampled as negatives; they are scored from their features.
    """

    KIND = "lightfm_hybrid"

    def __init__(self, settings: HybridSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or HybridSettings()

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:
        training = HybridTraining(self.settings, interactions, features)
        training.go_on(self.settings.epochs)
        self._fitted = training.parameters()

    @classmethod
    def of(cls, training: HybridTraining) -> Self:
        """As far as it has come."""
        model = cls(training.settings)
        model._fitted = training.parameters()
        return model

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        learnt = self._parameters
        return _scores(learnt, learnt.item_embeddings, learnt.item_biases, listener_rows)

    def scorer_of(self, items: NDArray[np.intp]) -> Scorer:
        learnt = self._parameters
        embeddings, biases = learnt.item_embeddings[items], learnt.item_biases[items]
        return lambda listener_rows: _scores(learnt, embeddings, biases, listener_rows)

    def to_file(self) -> ModelFile:
        learnt = self._parameters
        ids = {"listener_ids": learnt.listener_ids, "item_ids": learnt.item_ids}
        numbers = {
            "listener_embeddings": learnt.listener_embeddings,
            "listener_biases": learnt.listener_biases,
            "item_embeddings": learnt.item_embeddings,
            "item_biases": learnt.item_biases,
        }
        return ModelFile(kind=self.KIND, library=learnt.library, ids=ids, numbers=numbers)

    @classmethod
    def from_file(cls, file: ModelFile) -> Self:
        model = cls()
        model._fitted = HybridParameters(
            library=file.library,
            listener_ids=file.ids["listener_ids"],
            item_ids=file.ids["item_ids"],
            listener_embeddings=file.numbers["listener_embeddings"],
            listener_biases=file.numbers["listener_biases"],
            item_embeddings=file.numbers["item_embeddings"],
            item_biases=file.numbers["item_biases"],
        )
        return model


def _positives(interactions: InteractionMatrix, seen: NDArray[np.intp]) -> tuple[sparse.coo_matrix, sparse.coo_matrix]:
    """Ones where a listener knows a seen item, and weights with a mean of 1 in the same places, which they share."""
    cells = interactions.weights[:, seen].tocoo()
    strength = cells.data / max(float(cells.data.mean()), np.finfo(np.float32).tiny)
    places, shape = (cells.row, cells.col), cells.shape
    ones = sparse.coo_matrix((np.ones_like(cells.data), places), shape=shape, copy=False)
    return ones, sparse.coo_matrix((strength, places), shape=shape, copy=False)


def _scores(learnt: HybridParameters, items: Float32, biases: Float32, listener_rows: NDArray[np.intp]) -> Float32:
    scores = learnt.listener_embeddings[listener_rows] @ items.T
    scores += biases
    scores += learnt.listener_biases[listener_rows, None]
    return scores


def _listener_rows(interactions: InteractionMatrix, times: float) -> sparse.csr_matrix | None:
    """Identities of the listeners, then their features; None for identities alone."""
    features = interactions.listener_features
    if features is None or not times:
        return None
    identity = sparse.eye_array(len(interactions.listener_ids), format="csr")
    return sparse.csr_matrix(sparse.hstack([identity, times * features]), dtype=np.float32)


def _with_unknown_last(of_items: sparse.csr_matrix, listeners: Float32, items: Float32, biases: Float32) -> Float32:
    """The biases of items; those without any feature stand below all others for every listener.

    Their score would be zero, and that of most trained items is below it.
    """
    unknown = np.diff(of_items.indptr) == 0
    if not unknown.any():
        return biases
    longest = [float(np.sqrt((each**2).sum(axis=1)).max(initial=0.0)) for each in (listeners, items)]
    lowest = float(biases.min(initial=0.0)) - longest[0] * longest[1] - 1.0
    return np.where(unknown, np.float32(lowest), biases)
