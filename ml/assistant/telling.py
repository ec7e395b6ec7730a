"""An answer's sentence: what a query came to, in words that name the window and what was left in.

Tables and charts show the same rows; the sentence tells the first of them. Figures are told in figures_told.py, filters
in filters_told.py; how a value is written is in values.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ml.assistant.executing import Result
from ml.assistant.figures_told import figures, in_window, kinds_of_rows, of_each_period, some
from ml.assistant.filters_told import Names, filters_in_words
from ml.assistant.lists import DEFAULT_ROWS
from ml.assistant.query import Intent, Kind, SemanticQuery
from ml.assistant.rates import at_least, counted_by
from ml.assistant.values import (
    figure,
    measured,
    moment,
)
from ml.assistant.vocabulary import Vocabulary

_PLURALS = {
    Kind.ARTIST: "artists",
    Kind.TRACK: "songs",
    Kind.ALBUM: "albums",
    Kind.GENRE: "genres",
    Kind.FAMILY: "genre families",
}


def tell(query: SemanticQuery, result: Result, vocabulary: Vocabulary, names: Names) -> str:
    """One sentence, or two where a table follows."""
    where = _of_filters(query, names) + ("" if query.comparison else in_window(query.window))
    counted = counted_by(query, vocabulary)
    if not result.rows:
        return f"There is nothing{f' with {at_least(counted)}' if counted else ''}{where}."
    if counted is not None:
        where += f", of those with {at_least(counted)}"
    match query.intent:
        case Intent.METRIC:
            return figures(query, result, vocabulary, where)
        case Intent.SHARE:
            return _share(query, result, vocabulary, where, names)
        case Intent.RANK:
            return _rank(query, result, vocabulary, where)
        case _:
            return _TELLERS[query.intent](query, result, where)


def headline(query: SemanticQuery, columns: Sequence[str], vocabulary: Vocabulary, names: Names) -> str:
    """What an answer shows, without its window: plays by month (by Queen)."""
    if query.intent is Intent.DISCOVERED:
        return f"{_discoveries(query)}{_of_filters(query, names)}"
    if query.intent is Intent.FORGOTTEN:
        return f"Favourites not heard for long{_of_filters(query, names)}"
    metrics = [vocabulary.metrics[name] for name in columns if name in vocabulary.metrics]
    of = kinds_of_rows(columns, vocabulary)
    if query.grain is not None and query.group_by and query.limit is not None:
        return of_each_period(query, query.grain, columns, metrics[0], vocabulary) + _of_filters(query, names)
    by = " and ".join(part for part in (of, query.grain and str(query.grain)) if part)
    return f"{metrics[0].label}{f' by {by}' if by else ''}{_of_filters(query, names)}"


def _share(query: SemanticQuery, result: Result, vocabulary: Vocabulary, where: str, names: Names) -> str:
    share, part, whole = result.rows[0]
    if share is None:
        return f"There is nothing{where}."
    of = vocabulary.metrics[query.metrics[0]].label.lower()
    what = filters_in_words(query.part, names) or "of that"
    begin = f"Of your {of}{where}"
    return f"{begin}, {measured(share, 'share')} are {what} ({figure(part)} of {figure(whole)})."


def _rank(query: SemanticQuery, result: Result, vocabulary: Vocabulary, where: str) -> str:
    place, value, of = result.rows[0]
    among = _PLURALS[query.about.kind] if of != 1 else _PLURALS[query.about.kind].removesuffix("s")
    told = measured(value, vocabulary.metrics[result.columns[1]].unit)
    return f"{query.about.name} is number {figure(place)} of {figure(of)} {among}{where}, with {told}."


def _moment_of_a_play(query: SemanticQuery, result: Result, where: str) -> str:
    played_at, song, artist = result.rows[0][:3]
    return f"{str(query.intent).capitalize()} heard{where}: {moment(played_at)}, {song} by {artist}."


def _discovered(query: SemanticQuery, result: Result, where: str) -> str:
    order = ", most played first" if len(result.rows) > 1 else ""
    return f"{_discoveries(query)}{where}{order}: {_names(result)}."


def _discoveries(query: SemanticQuery) -> str:
    return f"{_PLURALS[query.kind or Kind.ARTIST].capitalize()} heard for the first time"


def _forgotten(_: SemanticQuery, result: Result, where: str) -> str:
    return f"Favourites that you have not heard for long{where}: {_names(result)}."


def _recommended(_: SemanticQuery, result: Result, __: str) -> str:
    return f"You could listen to {_names(result)}."


def _similar(query: SemanticQuery, result: Result, _: str) -> str:
    return f"Most like {query.about.name}: {_names(result)}."


def _streak(query: SemanticQuery, result: Result, where: str) -> str:
    days, first, last = result.rows[0]
    if not days:
        return f"No streak is running{where}." if query.is_current else f"There is no day with plays{where}."
    which = "current" if query.is_current else "longest"
    dates = f"on {moment(first)}" if first == last else f"from {moment(first)} to {moment(last)}"
    return f"Your {which} streak{where} is {measured(days, 'days')}, {dates}."


def _plays(query: SemanticQuery, result: Result, where: str) -> str:
    """Where there are as many as were asked for, there may be more: the last or the first of them are shown."""
    played_at, song, artist = result.rows[0][:3]
    many = len(result.rows)
    is_forward = any(not order.descending for order in query.order)
    count = "play" if many == 1 else f"{many} plays"
    shown = f"The {'first' if is_forward else 'last'} {count}"
    if many < (query.limit or DEFAULT_ROWS):
        shown = measured(many, "plays")
    one = f"{song} by {artist}, {moment(played_at)}"
    return f"{shown}{where}: {one}." if many == 1 else f"{shown}{where}, beginning with {one}."


def _names(result: Result) -> str:
    is_song = result.columns[1:2] == ("artist",)
    return some([f"{row[0]} by {row[1]}" if is_song else str(row[0]) for row in result.rows])


def _of_filters(query: SemanticQuery, names: Names) -> str:
    """What was left in: by Queen, on weekends."""
    told = filters_in_words(query.filters, names)
    return f" ({told})" if told else ""


_TELLERS: Mapping[Intent, Callable[[SemanticQuery, Result, str], str]] = {
    Intent.STREAK: _streak,
    Intent.FIRST: _moment_of_a_play,
    Intent.LAST: _moment_of_a_play,
    Intent.LIST: _plays,
    Intent.DISCOVERED: _discovered,
    Intent.FORGOTTEN: _forgotten,
    Intent.RECOMMEND: _recommended,
    Intent.SIMILAR: _similar,
}
