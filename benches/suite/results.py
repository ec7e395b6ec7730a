"""What a bench gave, and the file in which the results of all benches are kept between runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benches.report import Figures, Floor, Size

Results = dict[str, "Result"]
"""By the name of the bench."""


@dataclass(frozen=True)
class Result:
    """Of one run of one bench."""

    bench: str
    size: Size
    seconds: float
    """Of the whole bench, the making of its data included."""
    revision: str
    machine: Mapping[str, str]
    figures: Figures = field(default_factory=dict[str, float])
    floors: tuple[Floor, ...] = ()
    """As they were when it ran, and only those that hold for its size."""
    failure: str = ""
    """One line; empty when it came to its end, whether or not its floors were reached."""

    @property
    def missed(self) -> tuple[Floor, ...]:
        told = (floor for floor in self.floors if floor.figure in self.figures)
        return tuple(floor for floor in told if floor.is_missed(float(self.figures[floor.figure])))

    @property
    def is_good(self) -> bool:
        return not self.failure and not self.missed


def load(path: Path, names: Iterable[str]) -> Results:
    """The results in the file of the benches that there are; none where there is no file yet."""
    if not path.exists():
        return {}
    kept: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return {name: _result(kept[name]) for name in names if name in kept}


def save(path: Path, results: Results) -> None:
    text = json.dumps({name: asdict(result) for name, result in results.items()}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _result(kept: dict[str, Any]) -> Result:
    fields: dict[str, Any] = {**kept, "floors": tuple(Floor(**floor) for floor in kept["floors"])}
    return Result(**fields)
