"""What a language model filled in, as the warehouse has it: ids for names, genres and days as they are written there.

Its labels of times are thrown away: the dates are told instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ml.assistant.assistant import Assistant
from ml.assistant.kinds import BY_KIND
from ml.assistant.names.folding import key_of
from ml.assistant.planning.stored_values import stored_by_words, unknown_value
from ml.assistant.query import Comparison, Filter, Intent, Kind, Operator, SemanticQuery, Subject, Value, Window
from ml.assistant.values import MONTHS, WEEKDAYS
from tunegenie_assets.assistant.naming import WORDS, NameNotFoundError, named
from tunegenie_assets.dbt_support.taxonomy import genre_taxonomy

NAMED: Mapping[str, Kind] = {
    "artist": Kind.ARTIST,
    "artist__name": Kind.ARTIST,
    "recording__artist_name": Kind.ARTIST,
    "track__artist_name": Kind.ARTIST,
    "album__artist_name": Kind.ARTIST,
    "recording": Kind.TRACK,
    "recording__name": Kind.TRACK,
    "track": Kind.TRACK,
    "track__name": Kind.TRACK,
    "album": Kind.ALBUM,
    "album__name": Kind.ALBUM,
}
"""Dimensions whose values are names or ids; people spell names in many ways, so filters are by id instead."""
_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "date__weekday_name": WEEKDAYS,
    "date__month_name": MONTHS,
    "date__season": ("winter", "spring", "summer", "autumn"),
    "play__time_of_day": ("night", "morning", "afternoon", "evening"),
}
_UNCLASSIFIED = "unclassified"


def as_stored(query: SemanticQuery, assistant: Assistant) -> SemanticQuery:
    """The query with ids for names and values as they are stored.

    Raises:
        NameNotFoundError: a name or value does not exist, or could be several things.
    """
    filters = tuple(_stored(one, assistant) for one in query.filters)
    subject = None if query.subject is None else _found(query.subject, assistant)
    if subject is not None and query.intent in (Intent.FIRST, Intent.LAST):
        of_it = Filter(dimension=BY_KIND[subject.kind], values=(subject.key,))
        filters = (*(one for one in filters if one.dimension != of_it.dimension), of_it)
    comparison = None if query.comparison is None else Comparison(window=_without_label(query.comparison.window))
    return query.model_copy(
        update={
            "filters": filters,
            "part": tuple(_stored(one, assistant) for one in query.part),
            "subject": subject,
            "window": _without_label(query.window),
            "comparison": comparison,
        }
    )


def _without_label(window: Window) -> Window:
    return window.model_copy(update={"label": ""})


def _found(subject: Subject, assistant: Assistant) -> Subject:
    if subject.kind not in WORDS:
        dimension = BY_KIND[subject.kind]
        name = _as_written(subject.name, dimension, _known(dimension, assistant))
        return Subject(kind=subject.kind, key=name, name=name)
    found = named(assistant.planner.reader.names, subject.name, subject.kind, subject.by)
    return Subject(kind=found.kind, key=found.key, name=found.name, by=found.by)


def _stored(told: Filter, assistant: Assistant) -> Filter:
    kind = NAMED.get(told.dimension)
    if kind is not None:
        return _by_id(told, kind, assistant)
    if told.operator is Operator.KNOWN:
        return told
    if by_words := stored_by_words(told.dimension):
        return _by_words(told, by_words)
    known = _known(told.dimension, assistant)
    if not known:
        return told
    values = tuple(_as_written(value, told.dimension, known) for value in told.values)
    return told.model_copy(update={"values": values})


def _by_words(told: Filter, by_words: Mapping[str, tuple[str, ...]]) -> Filter:
    """What is stored for the words of devices and services; those that are not known stay, and are refused."""
    values = [one for value in told.values for one in by_words.get(key_of(str(value)), (value,))]
    return told.model_copy(update={"values": tuple(dict.fromkeys(values))})


def _by_id(told: Filter, kind: Kind, assistant: Assistant) -> Filter:
    if told.operator in (Operator.AT_LEAST, Operator.AT_MOST):
        raise NameNotFoundError(f"no {WORDS[kind]} is more or less than another")
    dimension, index = BY_KIND[kind], assistant.planner.reader.names
    keys = tuple(
        str(value) if (dimension, str(value)) in assistant.names else named(index, str(value), kind).key
        for value in told.values
    )
    return told.model_copy(update={"dimension": dimension, "values": keys})


def _known(dimension: str, assistant: Assistant) -> Iterable[str]:
    """The values that a dimension can have; none where that is not known."""
    if dimension == BY_KIND[Kind.FAMILY]:
        return (*genre_taxonomy().all_families, _UNCLASSIFIED)
    if dimension == BY_KIND[Kind.GENRE]:
        return (*(name for kind, name in assistant.names if kind == dimension), _UNCLASSIFIED)
    return _WRITTEN.get(dimension, ())


def _as_written(value: Value, dimension: str, known: Iterable[str]) -> str:
    found = {key_of(one): one for one in known}.get(key_of(str(value)))
    if found is None:
        raise NameNotFoundError(unknown_value(dimension, value, _WRITTEN.get(dimension, ())))
    return found
