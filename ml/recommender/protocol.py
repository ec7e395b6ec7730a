"""What every recommender can do; the models behind it are `popularity` and `lightfm_hybrid`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from ml.recommender.features import FeatureMatrix
from ml.recommender.interactions import InteractionMatrix

Float32 = NDArray[np.float32]


class Recommender(Protocol):
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

    def save(self, path: Path) -> None:
        """Writes the fitted model to one file, whole or not at all."""
        ...

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a file that `save` wrote. Raises ModelFileError when it cannot be used."""
        ...
