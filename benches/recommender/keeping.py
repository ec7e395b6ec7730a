"""What was measured, as JSON, and fitted models, kept in a folder, so that nothing has to be done twice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from benches.recommender.measuring import Measured
from ml.recommender.protocol import StoredCandidate

Kind = TypeVar("Kind", bound=StoredCandidate)


@dataclass(frozen=True)
class Keeping:
    folder: Path | None
    """None keeps nothing."""

    def find(self, task: str, candidate: str) -> Measured | None:
        path = self._path(task, candidate)
        if path is None or not path.exists():
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        return Measured(np.array(told["ndcg"]), told["means"], told["seconds"])

    def keep(self, task: str, candidate: str, measured: Measured) -> None:
        path = self._path(task, candidate)
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"means": measured.means, "seconds": measured.seconds, "ndcg": measured.ndcg.round(6).tolist()}
        path.write_text(json.dumps(told), encoding="utf-8")

    def find_model(self, task: str, candidate: str, kind: type[Kind]) -> Kind | None:
        path = self._path(task, candidate, "npz")
        return kind.load(path) if path is not None and path.exists() else None

    def keep_model(self, task: str, candidate: str, model: StoredCandidate) -> None:
        path = self._path(task, candidate, "npz")
        if path is not None:
            model.save(path)

    def _path(self, task: str, candidate: str, kind: str = "json") -> Path | None:
        return self.folder / task / f"{candidate}.{kind}" if self.folder else None
