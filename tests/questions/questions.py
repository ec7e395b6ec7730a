"""The question sets as they are written: what is asked, what is expected, nothing filled in yet.

answerable.yml has questions with the SQL of their results, paraphrases.yml and kept_aside.yml other words for them,
refused.yml what must be refused, hostile.yml what must do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
PARAPHRASED = ("paraphrases", "kept_aside")


@dataclass(frozen=True)
class Question:
    """A question that must be answered, or other words for one."""

    id: str
    question: str
    sql: str
    is_ordered: bool = False
    """Whether the rows have an order: places, times."""
    as_of: int = 1
    """Days from the listener's last play to the day of asking."""


@dataclass(frozen=True)
class Refused:
    """What must be refused, and why."""

    id: str
    question: str
    why: str


@dataclass(frozen=True)
class Hostile:
    """What somebody with bad intent types, repeated where it is long."""

    id: str
    text: str


def read(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def answerable() -> tuple[Question, ...]:
    return tuple(
        Question(
            id=entry["id"],
            question=entry["question"],
            sql=entry["sql"],
            is_ordered=entry.get("ordered", False),
            as_of=entry.get("as_of", 1),
        )
        for entry in read("answerable")
    )


def paraphrases(name: str) -> tuple[Question, ...]:
    """Of one file of PARAPHRASED; each has the result of what it paraphrases, but where it asks for another unit."""
    known = {question.id: question for question in answerable()}
    found: list[Question] = []
    for number, entry in enumerate(read(name), 1):
        of = known[entry["of"]]
        found.append(
            Question(
                id=f"{of.id} ({name} {number})",
                question=entry["question"],
                sql=entry.get("sql", of.sql),
                is_ordered=of.is_ordered,
                as_of=of.as_of,
            )
        )
    return tuple(found)


def metrics() -> dict[str, str]:
    """The SQL of each metric by its name."""
    return yaml.safe_load((FOLDER / "metrics.yml").read_text(encoding="utf-8"))


def refused() -> tuple[Refused, ...]:
    return tuple(Refused(entry["id"], entry["question"], entry["why"]) for entry in read("refused"))


def hostile() -> tuple[Hostile, ...]:
    return tuple(Hostile(entry["id"], entry["text"] * entry.get("times", 1)) for entry in read("hostile"))
