"""What a format is: how to stream its records, to recognise one, and to make a row of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from tunegenie_assets.schemas.table import Table
from tunegenie_assets.sources.json_array import Readable
from tunegenie_assets.sources.records import Bounds, Fields


@dataclass(frozen=True)
class Format:
    """One readable shape of a file; a source may have several, all of whose records go to one table."""

    table: Table
    """Of schemas/histories.py."""
    description: str
    """For messages: what a listener calls it."""
    items: Callable[[Readable], Iterator[object]]
    """Streams the records of one file; formats of the same layout share the function itself.

    Yields Unreadable in place of a record that cannot be decoded; raises JsonArrayError where it cannot go on.
    """
    recognises: Callable[[object], bool]
    """Whether one item, of any JSON type or Unreadable, is a record of this format; raises nothing."""
    row: Callable[[object, Bounds], Fields]
    """The row of an item for which `fingerprint` raised nothing; raises RecordRejectedError.

    `play_date` follows from `started_at` and need not be given.
    """
    begins_with: str = ""
    """Characters with one of which the file begins after white space; any when empty. Spares useless looking."""

    @property
    def source(self) -> str:
        return self.table.name


def has_fields(*names: str) -> Callable[[object], bool]:
    """Recognises objects that have all these fields."""
    wanted = frozenset(names)

    def recognises(item: object) -> bool:
        return isinstance(item, dict) and wanted <= cast("dict[str, object]", item).keys()

    return recognises
