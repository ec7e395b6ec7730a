"""An answer's sentence: what a query came to, in words that name the window and what was left in.

Tables and charts show the same rows; the sentence tells the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from ml.assistant.executing import Result, Row
from ml.assistant.query import Filter, Grain, Intent, Operator, SemanticQuery, Window
from ml.assistant.vocabulary import Vocabulary

MOST_NAMED = 3
Names = Mapping[tuple[str, str], str]
"""What ids stand for: (dimension, id) to a name."""
_PROPER = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|christmas|halloween|"
    r"(mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
"""Questions are read in lower case; in an answer these begin with a capital."""
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_OF_COLUMN = {
    "artist__name": "artist",
    "recording__name": "song",
    "album__name": "album",
    "artist__primary_genre": "genre",
    "artist__genre_family": "genre",
    "track__release_decade": "decade of release",
    "track__release_year": "year of release",
    "play__local_hour": "hour of the day",
    "play__time_of_day": "time of day",
    "date__weekday_name": "day of the week",
    "date__month_name": "month of the year",
    "date__season": "season",
    "play__platform_family": "platform",
    "play__source": "source",
}


def tell(query: SemanticQuery, result: Result, vocabulary: Vocabulary, names: Names) -> str:
    """One sentence, or two where a table follows."""
    where = _of_filters(query.filters, names) + ("" if query.comparison else _in_window(query.window))
    if not result.rows:
        return f"There is nothing{where}."
    if query.intent is Intent.METRIC:
        return _figures(query, result, vocabulary, where)
    if query.intent is Intent.SHARE:
        return _share(query, result, vocabulary, names)
    return _TELLERS[query.intent](query, result, where)


def _rank(query: SemanticQuery, result: Result, where: str) -> str:
    place, value, of = result.rows[0]
    return f"{query.about.name} is number {figure(place)} of {figure(of)}{where}, with {figure(value)}."


def _moment_of_a_play(query: SemanticQuery, result: Result, where: str) -> str:
    played_at, song, artist = result.rows[0][:3]
    return f"The {query.intent} time{where} was {moment(played_at)}: {song} by {artist}."


def _discovered(_: SemanticQuery, result: Result, where: str) -> str:
    return f"Heard for the first time{where}, most played first: {_names(result.rows)}."


def _forgotten(_: SemanticQuery, result: Result, where: str) -> str:
    return f"Favourites that you have not heard for long{where}: {_names(result.rows)}."


def _recommended(_: SemanticQuery, result: Result, __: str) -> str:
    return f"You could listen to {_names(result.rows)}."


def _similar(query: SemanticQuery, result: Result, _: str) -> str:
    return f"Most like {query.about.name}: {_names(result.rows)}."


def _figures(query: SemanticQuery, result: Result, vocabulary: Vocabulary, where: str) -> str:
    metric = vocabulary.metrics[query.metrics[0]]
    position = result.columns.index(metric.name)
    first = result.rows[0]
    if query.comparison is not None:
        return _difference(metric.label, result, where)
    if not query.group_by and query.grain is None:
        units = [vocabulary.metrics[name] for name in result.columns]
        told = ", ".join(measured(value, one.unit) for one, value in zip(units, first, strict=True))
        return f"{' and '.join(one.label for one in units)}{where}: {told}."
    extreme = "least" if query.order and not query.order[0].descending else "most"
    value = measured(first[position], metric.unit)
    if query.limit == 1 and query.grain is None:
        what = _OF_COLUMN.get(result.columns[0], result.columns[0])
        return f"The {what} with {extreme} {metric.label.lower()}{where}: {_name(first, position, query)}, {value}."
    if query.limit == 1 and query.grain is not None and not query.group_by:
        when = period(first[0], query.grain)
        return f"The {query.grain} with {extreme} {metric.label.lower()}{where}: {when}, {value}."
    if query.grain is not None:
        return f"{metric.label} by {query.grain}{where}, {len(result.rows)} rows."
    told = ", ".join(f"{_name(row, position, query)} ({figure(row[position])})" for row in result.rows[:MOST_NAMED])
    more = f", and {len(result.rows) - MOST_NAMED} more" if len(result.rows) > MOST_NAMED else ""
    return f"{metric.label}{where}: {told}{more}."


def _difference(label: str, result: Result, where: str) -> str:
    (first, *_, one), (second, *_, other) = result.rows[:2]
    change = ""
    if isinstance(one, int | float) and isinstance(other, int | float):
        change = f", a difference of {figure(one - other, sign=True)}"
    return f"{label}{where}: {figure(one)} ({first}) and {figure(other)} ({second}){change}."


def _share(query: SemanticQuery, result: Result, vocabulary: Vocabulary, names: Names) -> str:
    share, part, whole = result.rows[0]
    of = vocabulary.metrics[query.metrics[0]]
    what = _of_filters(query.part, names).strip(", ") or "that"
    when = _in_window(query.window)
    if share is None:
        return f"There is nothing{when}."
    return f"{measured(share, 'share')} of your {of.label.lower()}{when} ({figure(part)} of {figure(whole)}): {what}."


def _streak(query: SemanticQuery, result: Result, where: str) -> str:
    days, first, last = result.rows[0]
    if not days:
        return f"No streak is running{where}." if query.is_current else f"There is no day with plays{where}."
    which = "current" if query.is_current else "longest"
    return f"Your {which} streak{where} is {figure(days)} days, from {moment(first)} to {moment(last)}."


def _plays(_: SemanticQuery, result: Result, where: str) -> str:
    played_at, song, artist = result.rows[0][:3]
    if len(result.rows) == 1:
        return f"{song} by {artist}, {moment(played_at)}{where}."
    return f"{len(result.rows)} plays{where}, beginning with {song} by {artist}, {moment(played_at)}."


def _name(row: Row, metric_position: int, query: SemanticQuery) -> str:
    """What a row of figures is of: the song Creep by Radiohead."""
    parts = [str(value) for value in row[:metric_position]]
    by = " by " if query.group_by[:1] in (("recording",), ("album",)) else ", "
    return by.join(parts)


def _names(rows: tuple[Row, ...]) -> str:
    told = ", ".join(str(row[0]) for row in rows[:MOST_NAMED])
    return told + (f", and {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else "")


def _of_filters(filters: tuple[Filter, ...], names: Names) -> str:
    """What was left in: of Queen, on weekends."""
    told = list(dict.fromkeys(_told(wanted, names) for wanted in filters if not _is_self_evident(wanted)))
    return f" ({'; '.join(told)})" if told else ""


def _is_self_evident(wanted: Filter) -> bool:
    return wanted.operator is Operator.KNOWN or (
        wanted.operator is Operator.NOT_IN and wanted.values == ("unclassified",)
    )


def _told(wanted: Filter, names: Names) -> str:
    values = [names.get((wanted.dimension, str(value)), str(value)) for value in wanted.values]
    if wanted.dimension == "date__is_weekend":
        return "on weekends" if wanted.values == (True,) else "on weekdays"
    if wanted.dimension == "date__iso_weekday":
        values = [_WEEKDAYS[int(value) - 1] for value in wanted.values]
    if wanted.dimension == "play__local_hour" and wanted.operator is Operator.IN:
        return _hours([int(value) for value in wanted.values])
    without = "not " if wanted.operator is Operator.NOT_IN else ""
    compared = f"{wanted.operator} " if wanted.operator in (Operator.AT_LEAST, Operator.AT_MOST) else ""
    what = {"track__release_year": "released ", "track__release_decade": "released in the decade of "}.get(
        wanted.dimension, ""
    )
    return f"{without}{what}{compared}{' or '.join(values)}"


def _hours(hours: list[int]) -> str:
    """Hours in which plays began: from 6 to 9 h, for 6, 7 and 8."""
    if hours == list(range(hours[0], hours[-1] + 1)):
        return f"from {hours[0]} to {hours[-1] + 1} h"
    return f"in the hours from {', '.join(map(str, hours))} h"


def _in_window(window: Window) -> str:
    if window.start is None and window.end is None:
        return ""
    resolved = window_in_words(window)
    label = _PROPER.sub(lambda found: found[0].capitalize(), window.label)
    return f", {label} ({resolved})" if label and label != resolved else f", {resolved}"


def window_in_words(window: Window) -> str:
    """The first and the last date of a window, both within it."""
    if window.start is not None and window.end is not None:
        last = window.end - timedelta(days=1)
        return moment(window.start) if last == window.start else f"{moment(window.start)} to {moment(last)}"
    if window.start is not None:
        return f"since {moment(window.start)}"
    return f"until {moment(window.end - timedelta(days=1))}" if window.end is not None else "the whole history"


def moment(value: object) -> str:
    """1 June 2025, or with the time of day."""
    if isinstance(value, datetime):
        return f"{value.day} {value:%B %Y}, {value:%H:%M}"
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value)


def period(value: object, grain: Grain) -> str:
    """The period that begins on a date, as people call it."""
    if not isinstance(value, date):
        return str(value)
    match grain:
        case Grain.YEAR:
            return f"{value:%Y}"
        case Grain.MONTH:
            return f"{value:%B %Y}"
        case Grain.QUARTER:
            return f"quarter {(value.month + 2) // 3} of {value:%Y}"
        case Grain.WEEK:
            return f"the week of {moment(value)}"
        case Grain.DAY:
            return moment(value)


def figure(value: object, *, sign: bool = False) -> str:
    """A number as people write it; a share stays one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "unknown" if value is None else str(value)
    plus = "+" if sign and value > 0 else ""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) >= 100):
        return f"{plus}{value:,.0f}"
    return f"{plus}{value:,.1f}" if abs(value) >= 10 else f"{plus}{value:,.2f}"


def measured(value: object, unit: str) -> str:
    """A value with its unit; shares in percent."""
    if value is None:
        return "unknown"
    if unit == "share" and isinstance(value, int | float):
        return f"{figure(100 * value)} %"
    if unit == "year" and isinstance(value, int | float):
        return f"{value:.0f}"
    if unit == "hour of the day" and isinstance(value, int | float):
        minutes = round(float(value) * 60) % (24 * 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return f"{figure(value)}" if unit in ("0 to 1", "0 to 100", "none") else f"{figure(value)} {unit}"


_TELLERS: Mapping[Intent, Callable[[SemanticQuery, Result, str], str]] = {
    Intent.RANK: _rank,
    Intent.STREAK: _streak,
    Intent.FIRST: _moment_of_a_play,
    Intent.LAST: _moment_of_a_play,
    Intent.LIST: _plays,
    Intent.DISCOVERED: _discovered,
    Intent.FORGOTTEN: _forgotten,
    Intent.RECOMMEND: _recommended,
    Intent.SIMILAR: _similar,
}
