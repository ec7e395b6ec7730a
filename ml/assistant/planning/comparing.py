"""Comparisons: of two names, a row each; of two times, the same figure of both.

A period that still runs is compared with as many days of the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ml.assistant.kinds import GROUPS
from ml.assistant.planning.drafting import (
    NEW,
    UNIQUE,
    Draft,
    NotUnderstoodError,
    kinds,
    metrics_named,
    ordered,
    value_filters,
)
from ml.assistant.planning.lexicon import Cue
from ml.assistant.planning.reading import Reading
from ml.assistant.query import Comparison, Filter, Operator, SemanticQuery, Value, Window
from ml.assistant.times.grammar import TimePhrase, period_before, read_times

_COMPARES = (Cue.COMPARE, Cue.MORE, Cue.THAN, Cue.GROWTH)


def is_comparison_of_names(reading: Reading) -> bool:
    of_one_kind = len({mention.candidates[0].kind for mention in reading.mentions if mention.candidates}) == 1
    return len(reading.mentions) > 1 and of_one_kind and reading.has(Cue.COMPARE, Cue.MORE, Cue.THAN, Cue.TOP)


def compare_names(draft: Draft) -> SemanticQuery:
    """A row for each of the names, most first."""
    draft.use(Cue.COMPARE, Cue.MORE, Cue.THAN, Cue.TOP, Cue.TREND)
    metric = compared_metric(draft)
    kind = draft.subjects[0].kind
    return SemanticQuery(
        metrics=(metric,),
        group_by=GROUPS[kind],
        filters=tuple(draft.filters),
        window=draft.window,
        grain=draft.grain,
        order=() if draft.grain else ordered(metric),
    )


def is_comparison_of_times(reading: Reading) -> bool:
    dated = [phrase for phrase in reading.times.phrases if phrase.window is not None or phrase.is_relative_before]
    if reading.has(Cue.THAN) and dated:
        return True
    return len(dated) > 1 and reading.has(*_COMPARES)


def compare_times(draft: Draft, as_of: date) -> SemanticQuery:
    """The figure of one window and of another.

    Raises:
        NotUnderstoodError: it is not clear which two windows are meant.
    """
    draft.use(*_COMPARES, Cue.LISTEN, Cue.TREND, Cue.TOP)
    phrases = draft.reading.times.phrases
    dated = [phrase for phrase in phrases if phrase.window is not None or phrase.is_relative_before]
    filters = [wanted for phrase in phrases if phrase not in dated for wanted in phrase.filters]
    first, second = _windows(dated, as_of)
    return SemanticQuery(
        metrics=(compared_metric(draft),),
        filters=(*draft.filters, *filters),
        window=first,
        comparison=Comparison(window=second),
    )


def _windows(dated: list[TimePhrase], as_of: date) -> tuple[Window, Window]:
    if len(dated) == 1 and dated[0].words.startswith(("last ", "the last ", "previous ", "the previous ")):
        running = read_times(f"this {dated[0].words.split()[-1]}", as_of=as_of).phrases
        dated = [*running, *dated]
    if len(dated) != 2:
        raise NotUnderstoodError("which two times are compared; name both")
    first, second = dated
    if first.window is None or first.is_relative_before:
        raise NotUnderstoodError("which two times are compared; name the later one too")
    if second.is_relative_before or second.window is None:
        return first.window, period_before(first.window, second.words, as_of)
    before = period_before(first.window, None, as_of)
    if _is_running(first.window, as_of) and second.window.start == before.start:
        return first.window, before.model_copy(update={"label": second.window.label})
    return first.window, second.window


def _is_running(window: Window, as_of: date) -> bool:
    return window.end == as_of + timedelta(days=1)


def compared_metric(draft: Draft) -> str:
    """What two things are compared by: plays unless the question says otherwise."""
    draft.use(Cue.METRIC, Cue.COUNT, Cue.AMOUNT, Cue.TIMES, Cue.SKIP, Cue.NEW, Cue.DISCOVER, Cue.DIFFERENT)
    explicit = metrics_named(draft.reading)
    asked = [kind for kind, _ in kinds(draft.reading)]
    if explicit:
        return explicit[0]
    if draft.reading.has(Cue.SKIP):
        return "skips"
    if asked and draft.reading.has(Cue.NEW, Cue.DISCOVER) and asked[0] in NEW:
        return NEW[asked[0]]
    if asked and draft.reading.has(Cue.DIFFERENT):
        return UNIQUE[asked[0]]
    is_time = draft.reading.has(Cue.AMOUNT) and not draft.reading.has(Cue.COUNT, Cue.TIMES)
    return "minutes_listened" if is_time else "plays"


@dataclass(frozen=True)
class Alternatives:
    """Weekends or weekdays: times that come back, of one dimension, of which a question wants each."""

    dimension: str
    values: tuple[Value, ...]
    rest: tuple[TimePhrase, ...]
    """The other times of the question."""


def as_alternatives(reading: Reading) -> Alternatives | None:
    """What is compared, where it is times that come back or values such as devices; None elsewhere."""
    if not reading.has(Cue.COMPARE, Cue.MORE, Cue.THAN):
        return None
    if len(reading.spans(Cue.VALUE)) > 1 and len(value_filters(reading)) == 1:
        [wanted] = value_filters(reading)
        return Alternatives(wanted.dimension, wanted.values, reading.times.phrases)
    by_dimension: dict[str, list[TimePhrase]] = {}
    for phrase in reading.times.phrases:
        if len(phrase.filters) == 1 and phrase.window is None and phrase.filters[0].operator is Operator.IN:
            by_dimension.setdefault(phrase.filters[0].dimension, []).append(phrase)
    for dimension, phrases in by_dimension.items():
        values = tuple(dict.fromkeys(value for phrase in phrases for value in phrase.filters[0].values))
        if len(phrases) > 1 and len(values) > 1:
            return Alternatives(dimension, values, tuple(p for p in reading.times.phrases if p not in phrases))
    return None


def compare_alternatives(draft: Draft, alternatives: Alternatives) -> SemanticQuery:
    """A row for each of them, most first."""
    draft.use(*_COMPARES, Cue.LISTEN, Cue.TOP)
    metric = compared_metric(draft)
    wanted = Filter(dimension=alternatives.dimension, values=alternatives.values)
    rest = [one for one in draft.filters if one.dimension != alternatives.dimension]
    return SemanticQuery(
        metrics=(metric,),
        group_by=(alternatives.dimension,),
        filters=(*rest, wanted),
        window=draft.window,
        order=ordered(metric),
    )
