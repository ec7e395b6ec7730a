"""Figures in words: totals, rankings, breakdowns, figures over time and of two windows; the words of a window.

Other kinds of answers are told in telling.py, which begins here for figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ml.assistant.executing import Result, Row
from ml.assistant.query import Grain, SemanticQuery, Window
from ml.assistant.values import (
    PERFORMERS,
    figure,
    has_gaps,
    measured,
    period,
    shortly,
    window_in_words,
    within,
    written,
)
from ml.assistant.vocabulary import TIME, Metric, Vocabulary

MOST_NAMED = 3
_PROPER = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|christmas|halloween|"
    r"(mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
"""Questions are read in lower case; in an answer these begin with a capital."""
_OF_COLUMN = {
    "artist__name": "artist",
    "recording__name": "song",
    "album__name": "album",
    "artist__primary_genre": "genre",
    "artist__genre_family": "genre family",
    "track__release_decade": "decade of release",
    "track__release_year": "year of release",
    "play__local_hour": "hour of the day",
    "play__time_of_day": "time of day",
    "date__weekday_name": "day of the week",
    "date__iso_weekday": "day of the week",
    "date__is_weekend": "part of the week",
    "date__month_name": "month of the year",
    "date__season": "season",
    "play__platform_family": "device",
    "play__source": "source",
}


def figures(query: SemanticQuery, result: Result, vocabulary: Vocabulary, where: str) -> str:
    metrics = [vocabulary.metrics[name] for name in result.columns if name in vocabulary.metrics]
    metric, first = metrics[0], result.rows[0]
    if query.comparison is not None:
        return _compared(query, query.comparison.window, result, metric, where)
    if not query.group_by and query.grain is None:
        told = ", ".join(measured(value, one.unit) for one, value in zip(metrics, first, strict=True))
        return f"{_labels(metrics)}{where}: {told}."
    if query.grain is not None and not _is_ranking_of_periods(query):
        return _over_time(query, query.grain, result, metric, where, vocabulary=vocabulary)
    what = str(query.grain) if query.grain is not None else kinds_of_rows(result.columns, vocabulary)
    if query.limit == 1:
        figures = _values(first, metrics, in_full=True)
        return f"The {what} with {_extreme(query, metric)}{where}: {_name(first, result, query)}, {figures}."
    told = [f"{_name(row, result, query)} ({_values(row, metrics)})" for row in result.rows]
    upwards = f", {_words(metric)[1]} first" if query.limit is not None and _is_upwards(query) else ""
    return f"{_labels(metrics)} by {what}{where}{upwards}: {some(told)}."


def _is_ranking_of_periods(query: SemanticQuery) -> bool:
    return not query.group_by and bool(query.order) and query.order[0].by != TIME


def _over_time(
    query: SemanticQuery, grain: Grain, result: Result, metric: Metric, where: str, *, vocabulary: Vocabulary
) -> str:
    """The highest and the lowest period; all of them where they are few."""
    position = result.columns.index(metric.name)
    about = f"{of_each_period(query, grain, result.columns, metric, vocabulary)}{where}"

    def told(row: Row) -> str:
        name = _name(row, result, query)
        return f"{name + ' ' if name else ''}{within(row[0], grain)} ({measured(row[position], metric.unit)})"

    known = [row for row in result.rows if row[position] is not None]
    if not known:
        return f"{about}: unknown."
    if len(known) <= MOST_NAMED and query.group_by:
        return f"{about}: {some([told(row) for row in known])}."
    if len(known) == 1:
        return f"{about}: {measured(known[0][position], metric.unit)} {within(known[0][0], grain)}."
    values = [_number(row[position]) for row in known]
    if len(set(values)) == 1:
        return f"{about}: {measured(known[0][position], metric.unit)} each."
    high, low = known[values.index(max(values))], known[values.index(min(values))]
    if query.group_by and query.limit is not None:
        return f"{about}: from {told(low)} to {told(high)}."
    most, fewest = _words(metric)
    if metric.is_added_up and has_gaps([row[:position] for row in known], grain, query.window):
        fewest = f"{fewest}, where there were any,"
    return f"{about}: {most} {told(high)}, {fewest} {told(low)}."


def of_each_period(
    query: SemanticQuery, grain: Grain, columns: Sequence[str], metric: Metric, vocabulary: Vocabulary
) -> str:
    """What an answer over time is about: of tops of each period the tops, else the metric."""
    if query.group_by and query.limit == 1:
        return f"The {kinds_of_rows(columns, vocabulary)} with {_extreme(query, metric)} of each {grain}"
    if query.group_by and query.limit is not None:
        which = "lowest" if _is_upwards(query) else "top"
        return f"The {which} {query.limit} of each {grain} by {metric.label.lower()}"
    return f"{metric.label} by {grain}"


def _compared(query: SemanticQuery, other: Window, result: Result, metric: Metric, where: str) -> str:
    """Both windows with their dates, and what lies between two figures."""
    position = result.columns.index(metric.name)
    windows = [_for_window(window) for window in (query.window, other)]
    if query.group_by or query.grain is not None:
        parts = [
            some([f"{_name(row, result, query)} ({shortly(row[position], metric.unit)})" for row in rows])
            for rows in ([row for row in result.rows if row[0] == one.label] for one in (query.window, other))
        ]
        told = "; ".join(f"{part or 'nothing'} {window}" for part, window in zip(parts, windows, strict=True))
        return f"{metric.label}{where}: {told}."
    one, two = (row[position] for row in result.rows[:2])
    told = " and ".join(
        f"{measured(value, metric.unit)} {window}" for value, window in zip((one, two), windows, strict=True)
    )
    return f"{metric.label}{where}: {told}{_difference(one, two, metric)}."


def _difference(one: object, two: object, metric: Metric) -> str:
    if not isinstance(one, int | float) or not isinstance(two, int | float):
        return ""
    if one == two:
        return ", no difference"
    change = one - two
    match metric.unit:
        case "share":
            told = f"{figure(100 * change, sign=True)} percentage points"
        case "year":
            told = measured(round(change, 1), "years", sign=True)
        case "hour of the day":
            told = measured(round(60 * change), "minutes", sign=True)
        case _:
            told = measured(change, metric.unit, sign=True)
    return f", a difference of {told}"


def _extreme(query: SemanticQuery, metric: Metric) -> str:
    """The most plays, the lowest skip rate."""
    return f"the {_words(metric)[_is_upwards(query)]} {metric.label.lower()}"


def _words(metric: Metric) -> tuple[str, str]:
    return ("most", "fewest") if metric.is_added_up else ("highest", "lowest")


def _is_upwards(query: SemanticQuery) -> bool:
    return bool(query.order) and not query.order[0].descending


def _labels(metrics: Sequence[Metric]) -> str:
    first, *others = (metric.label for metric in metrics)
    return " and ".join((first, *(label.lower() for label in others)))


def _values(row: Row, metrics: Sequence[Metric], *, in_full: bool = False) -> str:
    """The figures at the end of a row; the only one goes without its unit, which the sentence has said."""
    write = measured if in_full or len(metrics) > 1 else shortly
    return ", ".join(write(value, one.unit) for one, value in zip(metrics, row[-len(metrics) :], strict=True))


def kinds_of_rows(columns: Sequence[str], vocabulary: Vocabulary) -> str:
    """What rows are of, such as artist; the artist of a song is part of its name."""
    shown = [name for name in columns if name in vocabulary.dimensions and name not in PERFORMERS]
    return " and ".join(_OF_COLUMN.get(name, vocabulary.dimensions[name].label.lower()) for name in shown)


def _name(row: Row, result: Result, query: SemanticQuery) -> str:
    """What a row of figures is of: Creep by Radiohead. The period is told only where nothing else is."""
    told = ""
    for column, value in zip(result.columns, row, strict=True):
        if column in query.metrics or column == "period" or (column.startswith(TIME) and query.group_by):
            continue
        if column.startswith(TIME):
            shows_period = _is_ranking_of_periods(query) or query.comparison is not None
            if query.grain is not None and shows_period:
                told = period(value, query.grain)
            continue
        between = " by " if column in PERFORMERS else ", "
        told += (between if told else "") + written(column, value)
    return told


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def some(told: Sequence[str]) -> str:
    more = f", and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
    return ", ".join(told[:MOST_NAMED]) + more


def in_window(window: Window) -> str:
    return "" if window.start is None and window.end is None else f", {named_window(window)}"


def _for_window(window: Window) -> str:
    return f"for {named_window(window)}"


def named_window(window: Window) -> str:
    """A window in the words of the question, with its dates."""
    resolved = window_in_words(window)
    label = _PROPER.sub(lambda found: found[0].capitalize(), window.label)
    return f"{label} ({resolved})" if label and label != resolved else resolved
