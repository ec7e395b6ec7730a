"""How a window of many records is built: part by part, so that memory and time grow with the part. Calling dbt is in
runner.py.

One statement over ten million plays holds all of them: 4 GB and a file beside the warehouse as large, and with it half
of the rate. Daily models replace the days of a window and may be built window after window; models that are built whole
come between them, once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

RECORDS_IN_A_PART = 5_000_000

Days = tuple[date, date]
"""A half-open range of UTC days."""


@dataclass(frozen=True)
class Call:
    """One call of dbt: models and tests by their unique ids, for one window."""

    models: frozenset[str]
    tests: frozenset[str]
    window: Days | None


def parts_of(window: Days, records: Mapping[date, int], most: int) -> list[Days]:
    """Consecutive ranges that make up the window, each of at most `most` records or of one day."""
    start, end = window
    parts: list[Days] = []
    held = 0
    for day in sorted(day for day in records if start <= day < end):
        if held and held + records[day] > most:
            parts.append((start, day))
            start, held = day, 0
        held += records[day]
    return [*parts, (start, end)]


def calls(
    models: Collection[str],
    tests: Collection[str],
    window: Days | None,
    *,
    parts: Sequence[Days],
    daily: AbstractSet[str],
    ancestors: Mapping[str, AbstractSet[str]],
) -> list[Call]:
    """The calls that build the models and run the tests, in order: one, unless there are several parts.

    `daily` are the models that are kept by day, `ancestors` all that a model reads, directly or not. With several parts
    the tests come last, over the whole window.
    """
    if len(parts) < 2:
        return [Call(frozenset(models), frozenset(tests), window)]
    planned: list[Call] = []
    remaining = frozenset(models)
    while remaining:
        for kind, windows in ((remaining - daily, [window]), (remaining & daily, parts)):
            ready = frozenset(model for model in kind if ancestors[model] & remaining <= kind)
            planned += [Call(ready, frozenset(), days) for days in windows if ready]
            remaining -= ready
    return planned + ([Call(frozenset(), frozenset(tests), window)] if tests else [])
