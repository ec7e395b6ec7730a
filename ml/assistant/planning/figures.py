"""Questions for figures: how many, how much, how often, on average, by what, over time.

It is the rule for what no other rule takes.
"""

from __future__ import annotations

import re

from ml.assistant.kinds import BY_KIND, GROUPS, NAMELESS
from ml.assistant.planning.drafting import (
    NEW,
    SEVERAL,
    UNIQUE,
    Draft,
    NotUnderstoodError,
    kinds,
    metrics_named,
    ordered,
)
from ml.assistant.planning.lexicon import PLURAL, Cue
from ml.assistant.planning.rankings import EXTREMES, period_asked_for
from ml.assistant.planning.reading import Reading
from ml.assistant.query import Filter, Grain, Kind, Operator, SemanticQuery

_AVERAGES_BY_DAY = {"plays": "average_plays_per_day", "minutes_listened": "average_minutes_per_day"}
_NEAR = 10
"""Characters between “by” and what it is by, such as those of “ my ”."""
_PER_DAY = ("per day", "a day", "daily", "each day", "every day", "per day on average")


def asks_for_figures(reading: Reading) -> bool:
    if reading.mentions and reading.times.phrases:
        return True
    return reading.has(
        Cue.METRIC,
        Cue.COUNT,
        Cue.AMOUNT,
        Cue.TIMES,
        Cue.LISTEN,
        Cue.SKIP,
        Cue.TREND,
        Cue.GROWTH,
        Cue.DIFFERENT,
        Cue.NEW,
        Cue.USUAL,
        Cue.AVERAGE,
    )


def figures_of(draft: Draft) -> SemanticQuery:
    reading = draft.reading
    metrics = metrics_of(draft)
    grain = draft.grain or (Grain.MONTH if reading.has(Cue.TREND) else None)
    draft.use(Cue.LISTEN, Cue.TREND)
    if set(metrics) & set(EXTREMES) and (reading.has(Cue.WHEN) or period_asked_for(reading)):
        draft.use(Cue.PERIOD)
        return SemanticQuery(
            metrics=tuple(metrics),
            filters=tuple(draft.filters),
            window=draft.window,
            grain=Grain.DAY,
            order=ordered(metrics[0]),
            limit=1,
        )
    if grain is Grain.DAY and any(phrase.words in _PER_DAY for phrase in reading.times.phrases):
        averages = [_AVERAGES_BY_DAY.get(metric, metric) for metric in metrics]
        if reading.has(Cue.AVERAGE, Cue.USUAL) or not draft.window.start:
            metrics, grain = averages, None
    is_average = "average" in reading.text or reading.has(Cue.AVERAGE)
    if is_average and set(metrics) & set(_AVERAGES_BY_DAY.values()) and grain not in (None, Grain.DAY):
        raise NotUnderstoodError(f"the average of a {grain}; I know that of a day with music")
    if reading.has(Cue.AVERAGE, Cue.USUAL):
        if not any(
            reading.vocabulary.metrics[metric].is_mean or metric == "average_listening_hour" for metric in metrics
        ):
            raise NotUnderstoodError("what the average is of: I know plays and minutes a day, songs a session")
        draft.use(Cue.AVERAGE, Cue.USUAL)
    group, excluded, limit = broken_down(draft) if grain is None or draft.subjects else ((), (), None)
    return SemanticQuery(
        metrics=tuple(metrics),
        group_by=group,
        filters=(*draft.filters, *excluded),
        window=draft.window,
        grain=grain,
        order=ordered(metrics[0]) if group and grain is None else (),
        limit=limit,
    )


def broken_down(draft: Draft) -> tuple[tuple[str, ...], tuple[Filter, ...], int | None]:
    """What figures are broken down by: several names, or what stands behind “by”, “per”, “each”."""
    for kind, dimension in BY_KIND.items():
        if any(
            len(wanted.values) > 1 and wanted.operator is Operator.IN and wanted.dimension == dimension
            for wanted in draft.filters
        ):
            return GROUPS[kind], (), None
    by = re.search(r"\b(by|per|for each|each|every|in each|for every|across)\b", draft.reading.text)
    if by is None:
        return (), (), None
    for phrase in draft.reading.phrases:
        if not by.start() <= phrase.start <= by.end() + _NEAR:
            continue
        for cue, value in phrase.meanings:
            if cue is Cue.KIND:
                kind = Kind(value.removesuffix(PLURAL))
                is_short = kind in (Kind.GENRE, Kind.FAMILY)
                return (
                    GROUPS[kind],
                    () if is_short or kind not in NAMELESS else (NAMELESS[kind],),
                    None if is_short else SEVERAL,
                )
            if cue is Cue.DIMENSION:
                draft.use(Cue.DIMENSION)
                return (value,), (), None
    return (), (), None


def metrics_of(draft: Draft) -> list[str]:
    """The figures that a question names, or those that its words come to."""
    reading = draft.reading
    draft.use(Cue.METRIC, Cue.COUNT, Cue.AMOUNT, Cue.TIMES, Cue.SKIP, Cue.NEW, Cue.DISCOVER, Cue.DIFFERENT)
    draft.use(Cue.GROWTH)
    if set(metrics_named(reading)) & set(EXTREMES):
        draft.use(Cue.LONGEST, Cue.TOP)
    counted, explicit = counted_metrics(reading), metrics_named(reading)
    if len(counted) > 1:
        return list(dict.fromkeys([*counted, *explicit]))
    if set(explicit) & set(EXTREMES):
        # In “how many minutes was my longest session” the minutes are its unit.
        explicit = [name for name in explicit if name in EXTREMES]
    if any(reading.vocabulary.metrics[name].is_over_time for name in explicit):
        explicit = [name for name in explicit if name != "plays"]
    if reading.has(Cue.SKIP) and explicit == ["plays"]:
        return ["skips"]
    if explicit and not reading.has(Cue.GROWTH):
        return explicit
    return [metric_of_words(reading)]


def metric_of_words(reading: Reading) -> str:
    """The metric of a question that names none."""
    kind = next((kind for kind, _ in kinds(reading)), None)
    is_new = reading.has(Cue.NEW, Cue.DISCOVER)
    is_counted = reading.has(Cue.DIFFERENT) or (reading.has(Cue.COUNT) and kind is not Kind.TRACK)
    found = (
        (reading.has(Cue.GROWTH), "plays_growth"),
        (reading.has(Cue.SKIP), "skip_rate" if reading.says("how often") else "skips"),
        (is_new and kind in NEW, NEW.get(kind or Kind.GENRE, "")),
        (is_counted and kind is not None, UNIQUE[kind or Kind.TRACK]),
        (reading.has(Cue.USUAL, Cue.WHEN), "average_listening_hour"),
        (reading.has(Cue.AMOUNT) and not reading.has(Cue.COUNT, Cue.TIMES), "minutes_listened"),
    )
    return next((metric for fits, metric in found if fits), "plays")


def counted_metrics(reading: Reading) -> list[str]:
    """What each “how many” counts, where a question has several: how many songs and how many minutes."""
    found: list[str] = []
    for count in reading.spans(Cue.COUNT):
        following = next((phrase for phrase in reading.phrases if phrase.start >= count.end), None)
        if following is None:
            continue
        cue, value = following.meanings[0]
        if cue is Cue.METRIC:
            found.append(value)
        elif cue is Cue.KIND:
            kind = Kind(value.removesuffix(PLURAL))
            found.append("plays" if kind is Kind.TRACK else UNIQUE[kind])
    return found
