"""What a fixture holds, as the tables of expectations beside say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Expected:
    """What one fixture holds; `cells` by row among the readable records and by column."""

    path: str
    source: str
    records: int
    rejected: dict[str, int] = field(default_factory=dict)
    cells: dict[tuple[int, str], object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.path


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
