"""What every recommender can do, and the part of it that all do alike: choosing from scores, keeping a model in a file.

The models are one class each in the modules beside this one; what a listener may be shown is decided in recommend.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.errors import ModelFileError, NotFittedError
from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix
from ml.recommender.model_file import ModelFile, read_model, write_model
from ml.recommender.ranking import TopItems, concatenate, mask_known, score_batches, top_items

Float32 = NDArray[np.float32]
Scorer = Callable[[NDArray[np.intp]], Float32]
"""From rows of listeners to scores, which are the caller's to change."""


class Candidate(Protocol):
    """Scores every item for known listeners; higher is better, comparable within a listener only."""

    @property
    def listener_ids(self) -> NDArray[np.str_]:
        """Sorted; a listener row is a position in it."""
        ...

    @property
    def item_ids(self) -> NDArray[np.str_]:
        """Sorted; the columns of the scores."""
        ...

    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None:
        """Learns from the interactions; `features` has the same items."""
        ...

    def scores(self, listener_rows: NDArray[np.intp]) -> Float32:
        """Finite scores, shape (listener_rows, items). Raises NotFittedError before `fit` or `load`."""
        ...

    def recommend(
        self, listener_rows: NDArray[np.intp], count: int, known: sparse.csr_matrix | None = None
    ) -> TopItems:
        """The `count` best items of each listener without those stored in `known` (all listeners by all items)."""
        ...

    def save(self, path: Path) -> None:
        """Writes the fitted model to one file, whole or not at all."""
        ...

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a file that `save` wrote. Raises ModelFileError when it cannot be used."""
        ...


class StoredCandidate(ABC):
    """A candidate that tells what it has learnt as plain arrays, and so can be kept in a file."""

    KIND: ClassVar[str]

    @property
    @abstractmethod
    def listener_ids(self) -> NDArray[np.str_]: ...

    @property
    @abstractmethod
    def item_ids(self) -> NDArray[np.str_]: ...

    @abstractmethod
    def fit(self, interactions: InteractionMatrix, features: FeatureMatrix) -> None: ...

    @abstractmethod
    def scores(self, listener_rows: NDArray[np.intp]) -> Float32: ...

    def scorer_of(self, items: NDArray[np.intp]) -> Scorer:
        """Scores of these items only (ascending); what can be prepared for that is prepared here, once."""
        return lambda listener_rows: self.scores(listener_rows)[:, items]

    @abstractmethod
    def to_file(self) -> ModelFile:
        """What was learnt; raises NotFittedError before `fit`."""

    @classmethod
    @abstractmethod
    def from_file(cls, file: ModelFile) -> Self:
        """The model of such a file; raises KeyError, ValueError or IndexError where its arrays do not fit together."""

    def recommend(
        self, listener_rows: NDArray[np.intp], count: int, known: sparse.csr_matrix | None = None
    ) -> TopItems:
        parts: list[TopItems] = []
        for begin, batch in score_batches(listener_rows, len(self.item_ids)):
            scores = self.scores(batch)
            if known is not None:
                mask_known(scores, known, batch)
            parts.append(top_items(scores, count).shifted(begin))
        return concatenate(parts)

    def save(self, path: Path) -> None:
        write_model(path, self.to_file())

    @classmethod
    def load(cls, path: Path) -> Self:
        file = read_model(path, cls.KIND)
        try:
            return cls.from_file(file)
        except (KeyError, ValueError, IndexError) as error:
            raise ModelFileError(f"{path} is damaged: {error}") from error


class Learnt(Protocol):
    """What a candidate has learnt knows of which listeners and items."""

    @property
    def listener_ids(self) -> NDArray[np.str_]: ...

    @property
    def item_ids(self) -> NDArray[np.str_]: ...


Parameters = TypeVar("Parameters", bound=Learnt)


class LearningCandidate(StoredCandidate, Generic[Parameters]):
    """A candidate all of whose knowledge is one set of parameters; `fit` and `from_file` set them."""

    def __init__(self) -> None:
        self._fitted: Parameters | None = None

    @property
    def listener_ids(self) -> NDArray[np.str_]:
        return self._parameters.listener_ids

    @property
    def item_ids(self) -> NDArray[np.str_]:
        return self._parameters.item_ids

    @property
    def _parameters(self) -> Parameters:
        if self._fitted is None:
            raise NotFittedError(f"the recommender {self.KIND} has not been fitted")
        return self._fitted


def check_shapes(file_part: object, expected: dict[str, tuple[int, ...]]) -> None:
    """Raises ValueError where an array among the attributes has another shape or holds what is no finite number."""
    for name, shape in expected.items():
        array = getattr(file_part, name)
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
        if not np.isfinite(array.data if sparse.issparse(array) else array).all():
            raise ValueError(f"{name} holds numbers that are not finite")
