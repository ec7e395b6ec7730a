"""What was measured, kept as JSON in a folder, so that nothing has to be measured twice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benches.recommender.measuring import Measured


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

    def _path(self, task: str, candidate: str) -> Path | None:
        return self.folder / task / f"{candidate}.json" if self.folder else None
