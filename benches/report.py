"""What every bench ends with: floors that were missed, and one line of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rich.console import Console

Figures = Mapping[str, float | int | bool]
Size = Literal["full", "small"]


@dataclass(frozen=True)
class Floor:
    """What a figure must reach: at least or at most `value`."""

    figure: str
    kind: Literal["at least", "at most"]
    value: float
    in_small: bool = False
    """Whether it holds for the small size too."""

    def is_missed(self, found: float) -> bool:
        # What is no number reaches nothing.
        return not (found >= self.value if self.kind == "at least" else found <= self.value)


def missed(floors: tuple[Floor, ...], figures: Figures, size: Size) -> list[str]:
    """A line for each floor that a figure at hand misses."""
    due = [floor for floor in floors if floor.figure in figures and (size == "full" or floor.in_small)]
    return [
        f"{floor.figure} is {figures[floor.figure]}, {floor.kind} {floor.value} is required"
        for floor in due
        if floor.is_missed(float(figures[floor.figure]))
    ]


def finish(bench: str, size: Size, figures: Figures, complaints: list[str]) -> int:
    """Print what was missed and the line of JSON; returns the exit code."""
    console = Console(stderr=True, soft_wrap=True)
    for complaint in complaints:
        console.print(f"[red]missed[/red] {complaint}")
    rounded = {name: round(value, 5) if isinstance(value, float) else value for name, value in figures.items()}
    sys.stdout.write(json.dumps({"bench": bench, "size": size, "figures": rounded}) + "\n")
    return 1 if complaints else 0
