"""The kinds of questions: for each, when a question is of it and which query it comes to.

The first rule that fits wins; they stand in the order of how much their words say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ml.assistant.comparing import compare_names, compare_times, is_comparison_of_names, is_comparison_of_times
from ml.assistant.drafting import (
    BY_KIND,
    GROUPS,
    NAMELESS,
    NEW,
    SEVERAL,
    UNIQUE,
    Draft,
    NotUnderstoodError,
    asks_for_hour,
    introduces_a_name,
    kinds,
    metrics_named,
    number_of_rows,
    of_kind,
    ordered,
    subject_of,
)
from ml.assistant.lexicon import PLURAL, Cue
from ml.assistant.query import Filter, Grain, Intent, Kind, Operator, Order, SemanticQuery, Window
from ml.assistant.reading import Reading
from ml.assistant.vocabulary import TIME

__all__ = ["compare_times", "is_comparison_of_times", "query_of"]

_AVERAGES_BY_DAY = {"plays": "average_plays_per_day", "minutes_listened": "average_minutes_per_day"}
_DAYS_LISTED = 7
_NEAR = 10
"""Characters between “by” and what it is by, such as those of “ my ”."""
_PER_DAY = ("per day", "a day", "daily", "each day", "every day", "per day on average")
_EXTREMES = ("longest_session_minutes", "most_plays_in_a_day")
"""Metrics that are the most of something already."""
_SHARES = {
    "skip_rate",
    "night_share",
    "morning_share",
    "weekend_share",
    "repeat_rate",
    "discovery_rate",
    "explicit_share",
    "completion_rate",
}
_SUGGESTED_KINDS = (Kind.ARTIST, Kind.TRACK)


def query_of(draft: Draft) -> SemanticQuery:
    """The query of a question about one window.

    Raises:
        NotUnderstoodError: no rule fits.
    """
    reading = draft.reading
    for fits, build in _RULES:
        if fits(reading):
            return build(draft)
    raise NotUnderstoodError("I did not see what is asked for; begin with how many, which, when or my top")


def _recommends(reading: Reading) -> bool:
    return reading.has(Cue.RECOMMEND)


def _recommend(draft: Draft) -> SemanticQuery:
    draft.use(Cue.RECOMMEND, Cue.SIMILAR, Cue.LISTEN, Cue.NEW, Cue.TOP, Cue.MORE, Cue.MOOD, Cue.CONTEXT)
    if draft.subjects and draft.subjects[0].kind in (Kind.ARTIST, Kind.TRACK):
        return _similar(draft)
    asked = kinds(draft.reading)
    moods = draft.reading.values(Cue.MOOD)
    return SemanticQuery(
        intent=Intent.RECOMMEND,
        mood=moods[0] if moods else None,
        filters=tuple(draft.filters),
        kind=asked[0][0] if asked else Kind.TRACK,
        limit=number_of_rows(draft, several=not asked or asked[0][1]),
    )


def _asks_for_similar(reading: Reading) -> bool:
    return reading.has(Cue.SIMILAR) and bool(reading.mentions)


def _similar(draft: Draft) -> SemanticQuery:
    draft.use(Cue.SIMILAR, Cue.RECOMMEND, Cue.LISTEN, Cue.MORE, Cue.NEW, Cue.TOP)
    [subject, *others] = draft.subjects
    if others or subject.kind not in _SUGGESTED_KINDS:
        raise NotUnderstoodError("I can find what is like one artist or one song")
    return SemanticQuery(intent=Intent.SIMILAR, subject=subject_of(subject), limit=number_of_rows(draft, several=True))


def _asks_for_streak(reading: Reading) -> bool:
    return reading.has(Cue.STREAK)


def _streak(draft: Draft) -> SemanticQuery:
    draft.use(
        Cue.STREAK, Cue.LONGEST, Cue.FIRST, Cue.WHEN, Cue.CURRENT, Cue.TOP, Cue.METRIC, Cue.PERIOD, Cue.MORE, Cue.RANK
    )
    return SemanticQuery(
        intent=Intent.STREAK,
        filters=tuple(draft.filters),
        window=draft.window,
        is_current=draft.reading.has(Cue.CURRENT),
        limit=number_of_rows(draft, several=False),
    )


def _asks_for_forgotten(reading: Reading) -> bool:
    return reading.has(Cue.FORGOTTEN)


def _forgotten(draft: Draft) -> SemanticQuery:
    draft.use(Cue.FORGOTTEN, Cue.TOP, Cue.LISTEN)
    asked = kinds(draft.reading)
    return SemanticQuery(
        intent=Intent.FORGOTTEN,
        filters=tuple(draft.filters),
        kind=asked[0][0] if asked else Kind.TRACK,
        limit=number_of_rows(draft, several=True),
    )


def _asks_for_rank(reading: Reading) -> bool:
    return len(reading.mentions) == 1 and (
        reading.has(Cue.RANK)
        or re.search(r"\b(is|was|are|were|does|did)\b.*\b(in|make|among) my top\b", reading.text) is not None
    )


def _rank(draft: Draft) -> SemanticQuery:
    draft.use(Cue.RANK, Cue.TOP, Cue.LISTEN)
    [subject] = draft.subjects
    rest = [wanted for wanted in draft.filters if wanted.dimension != BY_KIND[subject.kind]]
    metric = (metrics_named(draft.reading) or ["plays"])[0]
    draft.use(Cue.METRIC)
    return SemanticQuery(
        intent=Intent.RANK, metrics=(metric,), filters=tuple(rest), window=draft.window, subject=subject_of(subject)
    )


def _asks_for_share(reading: Reading) -> bool:
    return reading.has(Cue.SHARE) and not reading.has(Cue.TOP)


def _share(draft: Draft) -> SemanticQuery:
    draft.use(Cue.SHARE, Cue.LISTEN, Cue.AMOUNT, Cue.METRIC, Cue.TIMES)
    reading = draft.reading
    named_shares = [metric for metric in metrics_named(reading) if metric in _SHARES]
    if named_shares or (reading.has(Cue.SKIP, Cue.NEW, Cue.DISCOVER) and not draft.grain):
        draft.use(Cue.SKIP, Cue.NEW, Cue.DISCOVER)
        metric = named_shares[0] if named_shares else "skip_rate" if reading.has(Cue.SKIP) else "discovery_rate"
        return SemanticQuery(metrics=(metric,), filters=tuple(draft.filters), window=draft.window, grain=draft.grain)
    metric = "minutes_listened" if {"minutes_listened", "hours_listened"} & set(metrics_named(reading)) else "plays"
    if not draft.filters:
        group = _rows_asked_for(draft).group
        return SemanticQuery(
            metrics=("share_of_listening",), group_by=group, window=draft.window, order=ordered("share_of_listening")
        )
    return SemanticQuery(
        intent=Intent.SHARE, metrics=(metric,), part=tuple(draft.filters), window=draft.window, grain=draft.grain
    )


def _asks_for_a_time_of_a_play(reading: Reading) -> bool:
    if reading.has(Cue.TOP, Cue.LEAST, Cue.COUNT):
        return False
    if "for the first time" in reading.text and reading.has(Cue.KIND) and not reading.has(Cue.WHEN):
        return False
    when = (
        reading.has(Cue.WHEN)
        or _period_asked_for(reading) is not None
        or reading.says("first time", "last time", "the first time", "the last time")
    )
    return when and (reading.has(Cue.FIRST, Cue.LAST) or (reading.has(Cue.DISCOVER) and bool(reading.mentions)))


def _time_of_a_play(draft: Draft) -> SemanticQuery:
    draft.use(Cue.FIRST, Cue.LAST, Cue.DISCOVER, Cue.NEW, Cue.WHEN, Cue.LISTEN, Cue.PERIOD)
    is_last = draft.reading.has(Cue.LAST)
    if draft.reading.has(Cue.FIRST, Cue.DISCOVER) and is_last:
        raise NotUnderstoodError("whether the first or the last time is meant")
    return SemanticQuery(
        intent=Intent.LAST if is_last else Intent.FIRST,
        filters=tuple(draft.filters),
        window=draft.window,
        subject=subject_of(draft.subjects[0]) if draft.subjects else None,
    )


def _asks_for_a_single_play(reading: Reading) -> bool:
    if set(metrics_named(reading)) - {"plays"}:
        return False
    return reading.has(Cue.FIRST, Cue.LAST) and not reading.has(Cue.TOP, Cue.LEAST, Cue.COUNT, Cue.DISCOVER, Cue.SKIP)


def _single_plays(draft: Draft) -> SemanticQuery:
    if draft.reading.says("what time"):
        raise NotUnderstoodError("whether a day or an hour is asked for; ask when, or at which hour")
    draft.use(Cue.FIRST, Cue.LAST, Cue.LISTEN, Cue.METRIC)
    asked = kinds(draft.reading)
    several = (bool(asked) and asked[0][1]) or "plays" in metrics_named(draft.reading)
    return SemanticQuery(
        intent=Intent.LIST,
        filters=tuple(draft.filters),
        window=draft.window,
        order=(Order(by=TIME, descending=draft.reading.has(Cue.LAST)),),
        limit=number_of_rows(draft, several=several),
    )


def _asks_for_discoveries(reading: Reading) -> bool:
    found = [kind for kind, _ in kinds(reading)]
    is_new = reading.has(Cue.DISCOVER, Cue.NEW) and all(phrase.grain is None for phrase in reading.times.phrases)
    return (
        is_new
        and not reading.has(Cue.COUNT, Cue.TIMES, Cue.MORE, Cue.PERIOD, Cue.TREND, Cue.AVERAGE, Cue.METRIC)
        and bool(found or reading.has(Cue.WHO))
    )


def _discoveries(draft: Draft) -> SemanticQuery:
    draft.use(Cue.DISCOVER, Cue.NEW, Cue.LISTEN, Cue.TOP, Cue.FIRST)
    asked = kinds(draft.reading) or [(Kind.ARTIST, True)]
    return SemanticQuery(
        intent=Intent.DISCOVERED,
        filters=tuple(draft.filters),
        window=draft.window,
        kind=asked[0][0],
        limit=number_of_rows(draft, several=asked[0][1] or not draft.reading.has(Cue.TOP)),
    )


def _asks_for_top(reading: Reading) -> bool:
    if not reading.has(Cue.TOP, Cue.LEAST):
        return False
    return not set(_EXTREMES) & set(metrics_named(reading))


def _top(draft: Draft) -> SemanticQuery:
    draft.use(Cue.TOP, Cue.LEAST, Cue.LISTEN)
    reading = draft.reading
    if _MOST_IN_ONE_DAY.search(reading.text):
        draft.use(Cue.PERIOD, Cue.METRIC, Cue.COUNT)
        return SemanticQuery(metrics=("most_plays_in_a_day",), filters=tuple(draft.filters), window=draft.window)
    metric = _metric_of_ranking(draft)
    descending = not reading.has(Cue.LEAST)
    period = _period_asked_for(reading)
    if period is not None:
        draft.use(Cue.PERIOD)
        return SemanticQuery(
            metrics=(metric,),
            filters=tuple(draft.filters),
            window=draft.window,
            grain=period[0],
            order=ordered(metric, descending=descending),
            limit=number_of_rows(draft, several=period[1]),
        )
    rows = _rows_asked_for(draft)
    return SemanticQuery(
        metrics=(metric,),
        group_by=rows.group,
        filters=(*draft.filters, *rows.excluded),
        window=draft.window,
        grain=draft.grain,
        order=ordered(metric, descending=descending),
        limit=number_of_rows(draft, several=rows.is_plural and draft.grain is None),
    )


def _metric_of_ranking(draft: Draft) -> str:
    reading = draft.reading
    draft.use(Cue.METRIC, Cue.SKIP, Cue.NEW, Cue.DISCOVER, Cue.DIFFERENT, Cue.TIMES, Cue.AMOUNT)
    explicit = [
        metric for metric in metrics_named(reading) if not (metric == "listening_days" and reading.has(Cue.PERIOD))
    ]
    if explicit:
        return explicit[0]
    if reading.has(Cue.SKIP):
        return "skips"
    asked = [kind for kind, _ in kinds(reading)]
    if asked and reading.has(Cue.NEW, Cue.DISCOVER) and asked[-1] in NEW:
        return NEW[asked[-1]]
    if asked and reading.has(Cue.DIFFERENT):
        return UNIQUE[asked[-1]]
    return "minutes_listened" if reading.says("spend the most time", "most time", "longest time") else "plays"


_MOST_IN_ONE_DAY = re.compile(r"\bmost (songs|tracks|plays|tunes)\b.* in (a|one|any)( single)? day\b")
_ASKED_FOR = re.compile(
    r"\b(which|what|busiest|biggest|quietest|best|worst|top|record|active|favou?rite|heaviest|strongest|longest|"
    r"happiest|saddest|calmest|wildest|fastest|slowest|mainstream|diverse|energetic|danceable|my|"
    r"most|\d+)( single| of the)? $"
)
"""What stands before a period that is asked for, unlike that of “in one day”."""


def _period_asked_for(reading: Reading) -> tuple[Grain, bool] | None:
    """Which month, my busiest days: a period as the thing that is asked for, and whether in the plural."""
    for phrase in reading.spans(Cue.PERIOD):
        if not phrase.words.endswith("s") and _ASKED_FOR.search(reading.text[: phrase.start]) is None:
            continue
        value = next(value for cue, value in phrase.meanings if cue is Cue.PERIOD)
        return Grain(value), phrase.words.endswith("s")
    return None


@dataclass(frozen=True)
class _Rows:
    """What the rows of a ranking are of."""

    group: tuple[str, ...]
    excluded: tuple[Filter, ...]
    """What has no row."""
    is_plural: bool


def _rows_asked_for(draft: Draft) -> _Rows:
    """Whichever kind or dimension the question names first; without any, whom or what it asks for."""
    reading = draft.reading
    for phrase in reading.phrases:
        is_plural = phrase.words.endswith("s") and not phrase.words.endswith(("ss", "s of the day"))
        for cue, value in phrase.meanings:
            if cue is Cue.DIMENSION and (value != "play__local_hour" or asks_for_hour(reading)):
                draft.use(Cue.DIMENSION)
                return _Rows((value,), (Filter(dimension=value, operator=Operator.KNOWN),), is_plural)
            if cue is Cue.KIND and not introduces_a_name(reading, phrase):
                group, excluded = of_kind(Kind(value.removesuffix(PLURAL)))
                return _Rows(group, excluded, value.endswith(PLURAL))
    are_several = re.search(r"\b(who|what|which) (are|were|ones)\b", reading.text) is not None
    if reading.has(Cue.WHEN):
        return _Rows(("play__local_hour",), (), is_plural=False)
    return _Rows(*of_kind(Kind.ARTIST if reading.has(Cue.WHO) else Kind.TRACK), is_plural=are_several)


def _asks_for_a_list(reading: Reading) -> bool:
    return (
        reading.has(Cue.LISTEN)
        and not reading.has(
            Cue.COUNT,
            Cue.AMOUNT,
            Cue.TIMES,
            Cue.METRIC,
            Cue.TREND,
            Cue.DIFFERENT,
            Cue.AVERAGE,
            Cue.GROWTH,
            Cue.WHEN,
            Cue.SKIP,
        )
        and re.match(r"(did|have|had|do|does|was|were|am|is) ", reading.text) is None
        and _ASKS_WHICH.search(reading.text) is not None
        and bool(reading.times.phrases or kinds(reading) or reading.mentions)
    )


def _list(draft: Draft) -> SemanticQuery:
    draft.use(Cue.LISTEN)
    reading = draft.reading
    asked = kinds(reading)
    if asked or reading.has(Cue.WHO):
        rows = _rows_asked_for(draft)
        return SemanticQuery(
            metrics=("plays",),
            group_by=rows.group,
            filters=(*draft.filters, *rows.excluded),
            window=draft.window,
            grain=draft.grain,
            order=ordered("plays"),
            limit=number_of_rows(draft, several=True),
        )
    if not _is_short(draft.window):
        return SemanticQuery(
            metrics=("plays",),
            group_by=GROUPS[Kind.TRACK],
            filters=tuple(draft.filters),
            window=draft.window,
            order=ordered("plays"),
            limit=number_of_rows(draft, several=True),
        )
    return SemanticQuery(
        intent=Intent.LIST,
        filters=tuple(draft.filters),
        window=draft.window,
        order=(Order(by=TIME, descending=True),),
        limit=number_of_rows(draft, several=True),
    )


def _is_short(window: Window) -> bool:
    """Whether a window is short enough to list its plays one by one rather than to count them by song."""
    return window.start is not None and window.end is not None and (window.end - window.start).days <= _DAYS_LISTED


def _asks_for_figures(reading: Reading) -> bool:
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


def _figures(draft: Draft) -> SemanticQuery:
    reading = draft.reading
    metrics = _metrics(draft)
    grain = draft.grain or (Grain.MONTH if reading.has(Cue.TREND) else None)
    draft.use(Cue.LISTEN, Cue.TREND)
    if set(metrics) & set(_EXTREMES) and (reading.has(Cue.WHEN) or _period_asked_for(reading)):
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
    if reading.has(Cue.AVERAGE, Cue.USUAL):
        if not any(
            reading.vocabulary.metrics[metric].is_mean or metric == "average_listening_hour" for metric in metrics
        ):
            raise NotUnderstoodError("what the average is of: I know plays and minutes a day, songs a session")
        draft.use(Cue.AVERAGE, Cue.USUAL)
    group, excluded, limit = _rows_of(draft) if grain is None or draft.subjects else ((), (), None)
    return SemanticQuery(
        metrics=tuple(metrics),
        group_by=group,
        filters=(*draft.filters, *excluded),
        window=draft.window,
        grain=grain,
        order=ordered(metrics[0]) if group and grain is None else (),
        limit=limit,
    )


def _rows_of(draft: Draft) -> tuple[tuple[str, ...], tuple[Filter, ...], int | None]:
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
        if not 0 <= phrase.start - by.end() <= _NEAR:
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


def _metrics(draft: Draft) -> list[str]:
    """The figures that a question names, or those that its words come to."""
    reading = draft.reading
    draft.use(Cue.METRIC, Cue.COUNT, Cue.AMOUNT, Cue.TIMES, Cue.SKIP, Cue.NEW, Cue.DISCOVER, Cue.DIFFERENT)
    draft.use(Cue.GROWTH, Cue.DIMENSION, Cue.LONGEST, Cue.TOP)
    counted, explicit = _counted(reading), metrics_named(reading)
    if len(counted) > 1:
        return list(dict.fromkeys([*counted, *explicit]))
    if explicit and not reading.has(Cue.GROWTH):
        return explicit
    return [_metric_of_words(reading)]


def _metric_of_words(reading: Reading) -> str:
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


_ASKS_WHICH = re.compile(r"\b(which|what|whats|what's|who|list|show|give|name|tell|display|find)\b")


def _counted(reading: Reading) -> list[str]:
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


_RULES: tuple[tuple[Callable[[Reading], bool], Callable[[Draft], SemanticQuery]], ...] = (
    (_recommends, _recommend),
    (_asks_for_similar, _similar),
    (_asks_for_streak, _streak),
    (_asks_for_forgotten, _forgotten),
    (_asks_for_rank, _rank),
    (is_comparison_of_names, compare_names),
    (_asks_for_share, _share),
    (_asks_for_a_time_of_a_play, _time_of_a_play),
    (_asks_for_discoveries, _discoveries),
    (_asks_for_top, _top),
    (_asks_for_a_single_play, _single_plays),
    (_asks_for_a_list, _list),
    (_asks_for_figures, _figures),
)
