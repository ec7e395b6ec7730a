"""Devices and sources: the values that these dimensions can have, and the words that people have for them.

Names of music are told in names/. Any other value is one of those that checking.py knows, or is found in the warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ml.assistant.names.folding import key_of
from ml.assistant.planning.lexicon import words
from ml.assistant.query import SemanticQuery
from ml.assistant.vocabulary import UnknownTermError

_WITHOUT_WORDS: Mapping[str, tuple[str, ...]] = {"play__platform_family": ("other",), "play__source": ("synthetic",)}
"""Values that no question asks for."""
_SHOWN = 80


@cache
def stored_values(dimension: str) -> tuple[str, ...]:
    """All values that a dimension can have; none where they are not told here."""
    named = [value for values in words().values.get(dimension, {}) for value in values.split()]
    return (*named, *_WITHOUT_WORDS.get(dimension, ()))


@cache
def stored_by_words(dimension: str) -> Mapping[str, tuple[str, ...]]:
    """By the key of each value, and of each word for it, what is stored: a service has several sources."""
    named = words().values.get(dimension, {})
    by_words = {key_of(name): tuple(values.split()) for values, names in named.items() for name in names}
    return {**by_words, **{key_of(value): (value,) for value in stored_values(dimension)}}


def check_stored(query: SemanticQuery) -> None:
    """Whether the devices and sources of a query exist; of others there would be 0 plays, which is no answer.

    Raises:
        UnknownTermError: one does not; the text names those that do.
    """
    for wanted in (*query.filters, *query.part):
        known = stored_values(wanted.dimension)
        for value in wanted.values:
            if known and value not in known:
                raise UnknownTermError(unknown_value(wanted.dimension, value, known))


def unknown_value(dimension: str, value: object, known: tuple[str, ...] = ()) -> str:
    """In one line that there is no such value, and what there is."""
    told = f"no {dimension} {str(value)[:_SHOWN]!r} is known"
    return f"{told}; there are {', '.join(known)}" if known else told
