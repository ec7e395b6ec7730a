"""The fields of payloads from outside: which a page has, and what changed between earlier pages and the newest.

A field counts as gone where nearly every earlier page had it and none of the newest has; as new where none had it and
most of the newest have. What comes and goes by itself is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

FEWEST_BEFORE = 5
FEWEST_NEWEST = 2
"""Of fewer pages nobody can say what is usual."""
NEARLY_ALL = 0.95
MOST = 0.5
_DEEPEST = 8
# A key that is an id names no field.
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Za-z]{22}|[0-9]+")


@dataclass(frozen=True)
class Drift:
    """Fields that came and went, by their paths."""

    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        told = [f"gone: {', '.join(self.gone)}"] if self.gone else []
        return "; ".join([*told, *([f"new: {', '.join(self.new)}"] if self.new else [])])

    def __bool__(self) -> bool:
        return bool(self.gone or self.new)


def field_paths(payload: object) -> frozenset[str]:
    """Every field of a JSON value, such as `items[].track.name`."""
    return frozenset(_paths(payload, "", 0))


def drift_between(before: Sequence[frozenset[str]], newest: Sequence[frozenset[str]]) -> Drift:
    """What changed from the earlier pages to the newest ones, by the fields of each page.

    A field is asked for only where what holds it is there, and only the outermost of several is told.
    """
    if len(before) < FEWEST_BEFORE or len(newest) < FEWEST_NEWEST:
        return Drift()
    earlier, later = frozenset[str]().union(*before), frozenset[str]().union(*newest)
    gone = [path for path in earlier - later if _share(path, before) >= NEARLY_ALL and _has_parent(path, newest)]
    new = [path for path in later - earlier if _share(path, newest) >= MOST and _has_parent(path, before)]
    return Drift(tuple(sorted(gone)), tuple(sorted(new)))


def _paths(value: object, path: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            below = f"{path}.{'*' if _ID.fullmatch(name) else name}".removeprefix(".")
            yield below
            yield from _paths(inner, below, depth + 1)
    elif isinstance(value, list):
        items = cast("list[object]", value)
        if items:
            yield f"{path}[]"
        for inner in items:
            yield from _paths(inner, f"{path}[]", depth + 1)


def _share(path: str, pages: Sequence[frozenset[str]]) -> float:
    """Of the pages that have what holds the field, those that have it."""
    holding = [page for page in pages if _holds(page, _parent(path))]
    return sum(path in page for page in holding) / len(holding) if holding else 0.0


def _has_parent(path: str, pages: Iterable[frozenset[str]]) -> bool:
    """An array that is empty, or an object that is null, tells nothing of what it would hold."""
    parent = _parent(path)
    # An array has no name of its own to come or go.
    return not path.endswith("[]") and any(
        _holds(page, parent) and (not parent or any(other.startswith(f"{parent}.") for other in page)) for page in pages
    )


def _holds(page: frozenset[str], parent: str) -> bool:
    return not parent or parent in page


def _parent(path: str) -> str:
    if path.endswith("[]"):
        return path[:-2]
    return path.rpartition(".")[0]
