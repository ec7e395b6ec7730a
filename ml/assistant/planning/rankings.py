"""Questions for the most and the least: of artists, songs, hours, months, and shares of the whole.

Which of several things a question wants in its rows is told from the words before and after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ml.assistant.kinds import BY_KIND, GROUPS, of_kind
from ml.assistant.planning.drafting import (
    NEW,
    UNIQUE,
    Draft,
    NotUnderstoodError,
    asks_for_hour,
    introduces_a_name,
    kinds,
    metrics_named,
    number_of_rows,
    ordered,
)
from ml.assistant.planning.lexicon import PLURAL, Cue
from ml.assistant.planning.reading import Reading
from ml.assistant.query import Filter, Grain, Intent, Kind, Operator, Order, SemanticQuery, Window
from ml.assistant.vocabulary import TIME

EXTREMES = ("longest_session_minutes", "most_plays_in_a_day")
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
_DAYS_LISTED = 7
_TOP_OF_TOP = re.compile(r"\b(by|of|from|on|with) my (top|favou?rite|most|best|busiest)\b")
_MOST_IN_ONE_DAY = re.compile(r"\bmost (songs|tracks|plays|tunes)\b.* in (a|one|any)( single)? day\b")
_ASKED_FOR = re.compile(
    r"\b(which|what|busiest|biggest|quietest|best|worst|top|record|active|favou?rite|heaviest|strongest|longest|"
    r"happiest|saddest|calmest|wildest|fastest|slowest|mainstream|diverse|energetic|danceable|my|"
    r"most|\d+)( single| of the)? $"
)
"""What stands before a period that is asked for, unlike that of “in one day”."""
_ASKS_WHICH = re.compile(r"\b(which|what|whats|what's|who|list|show|give|name|tell|display|find)\b")


def asks_for_top(reading: Reading) -> bool:
    if not reading.has(Cue.TOP, Cue.LEAST):
        return False
    return not set(EXTREMES) & set(metrics_named(reading))


def ranking(draft: Draft) -> SemanticQuery:
    draft.use(Cue.TOP, Cue.LEAST, Cue.LISTEN)
    reading = draft.reading
    if _MOST_IN_ONE_DAY.search(reading.text):
        draft.use(Cue.PERIOD, Cue.METRIC, Cue.COUNT)
        return SemanticQuery(metrics=("most_plays_in_a_day",), filters=tuple(draft.filters), window=draft.window)
    if _TOP_OF_TOP.search(reading.text):
        raise NotUnderstoodError("which of two rankings is asked for; ask one after the other")
    metric = metric_of_ranking(draft)
    descending = not reading.has(Cue.LEAST)
    period = period_asked_for(reading)
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
    names_songs = any({"songs", "tracks"} & set(phrase.words.split()) for phrase in reading.spans(Cue.METRIC))
    says_of_what = names_songs or reading.has(Cue.KIND, Cue.DIMENSION, Cue.WHO, Cue.WHEN)
    if metrics_named(reading) and not says_of_what:
        raise NotUnderstoodError("of what the most is asked for: artists, songs, months, hours")
    rows = rows_asked_for(draft)
    check_one_kind(draft)
    return SemanticQuery(
        metrics=(metric,),
        group_by=rows.group,
        filters=(*draft.filters, *rows.excluded),
        window=draft.window,
        grain=draft.grain,
        order=ordered(metric, descending=descending),
        limit=number_of_rows(draft, several=rows.is_plural and draft.grain is None),
    )


def check_one_kind(draft: Draft) -> None:
    """Whether a ranking is of one kind of thing; songs beside it say that plays are counted.

    Raises:
        NotUnderstoodError: it is of several, such as the top artist by genre.
    """
    asked = dict.fromkeys(kind for kind, _ in kinds(draft.reading))
    are_counted = re.search(r"\bmost (different |unique )?(songs|tracks|plays)\b", draft.reading.text) is not None
    others = [kind for kind in list(asked)[1:] if kind is not Kind.TRACK or not are_counted]
    if others and not draft.reading.has(Cue.NEW, Cue.DIFFERENT, Cue.DISCOVER):
        raise NotUnderstoodError(f"whether {next(iter(asked))}s or {others[0]}s are asked for; name one of them")


def metric_of_ranking(draft: Draft) -> str:
    reading = draft.reading
    draft.use(Cue.METRIC, Cue.SKIP, Cue.NEW, Cue.DISCOVER, Cue.DIFFERENT, Cue.TIMES, Cue.AMOUNT)
    explicit = [
        metric for metric in metrics_named(reading) if not (metric == "listening_days" and reading.has(Cue.PERIOD))
    ]
    if reading.has(Cue.SKIP) and explicit in ([], ["plays"]):
        return "skips"
    if len(explicit) > 1:
        raise NotUnderstoodError(f"by which of several figures to rank: {', '.join(explicit)}")
    if explicit:
        return explicit[0]
    asked = [kind for kind, _ in kinds(reading)]
    if asked and reading.has(Cue.NEW, Cue.DISCOVER) and asked[-1] in NEW:
        return NEW[asked[-1]]
    if asked and reading.has(Cue.DIFFERENT):
        return UNIQUE[asked[-1]]
    is_time = reading.has(Cue.AMOUNT) and not asks_for_hour(reading) and not reading.has(Cue.TIMES)
    return "minutes_listened" if is_time else "plays"


def period_asked_for(reading: Reading) -> tuple[Grain, bool] | None:
    """Which month, my busiest days: a period as the thing that is asked for, and whether in the plural."""
    for phrase in reading.spans(Cue.PERIOD):
        if not phrase.words.endswith("s") and _ASKED_FOR.search(reading.text[: phrase.start]) is None:
            continue
        value = next(value for cue, value in phrase.meanings if cue is Cue.PERIOD)
        return Grain(value), phrase.words.endswith("s")
    return None


@dataclass(frozen=True)
class Rows:
    """What the rows of a ranking are of."""

    group: tuple[str, ...]
    excluded: tuple[Filter, ...]
    """What has no row."""
    is_plural: bool


def rows_asked_for(draft: Draft) -> Rows:
    """Whichever kind or dimension the question names first; without any, whom or what it asks for."""
    reading = draft.reading
    for phrase in reading.phrases:
        is_plural = phrase.words.endswith("s") and not phrase.words.endswith(("ss", "s of the day"))
        for cue, value in phrase.meanings:
            if cue is Cue.DIMENSION and (value != "play__local_hour" or asks_for_hour(reading)):
                draft.use(Cue.DIMENSION)
                return Rows((value,), (Filter(dimension=value, operator=Operator.KNOWN),), is_plural)
            if cue is Cue.KIND and not introduces_a_name(reading, phrase):
                group, excluded = of_kind(Kind(value.removesuffix(PLURAL)))
                return Rows(group, excluded, value.endswith(PLURAL))
    are_several = re.search(r"\b(who|what|which) (are|were|ones)\b", reading.text) is not None
    if reading.has(Cue.WHEN):
        return Rows(("play__local_hour",), (), is_plural=False)
    return Rows(*of_kind(Kind.ARTIST if reading.has(Cue.WHO) else Kind.TRACK), is_plural=are_several)


def asks_for_share(reading: Reading) -> bool:
    return reading.has(Cue.SHARE) and not reading.has(Cue.TOP)


def share(draft: Draft) -> SemanticQuery:
    draft.use(Cue.SHARE, Cue.LISTEN, Cue.AMOUNT, Cue.METRIC, Cue.TIMES)
    reading = draft.reading
    named_shares = [metric for metric in metrics_named(reading) if metric in _SHARES]
    is_skipped = reading.has(Cue.SKIP) or "skips" in metrics_named(reading)
    if named_shares or is_skipped or (reading.has(Cue.NEW, Cue.DISCOVER) and not draft.grain):
        draft.use(Cue.SKIP, Cue.NEW, Cue.DISCOVER, Cue.DIMENSION)
        metric = named_shares[0] if named_shares else "skip_rate" if is_skipped else "discovery_rate"
        return SemanticQuery(metrics=(metric,), filters=tuple(draft.filters), window=draft.window, grain=draft.grain)
    whole, part = whole_and_part(draft)
    metric = "minutes_listened" if {"minutes_listened", "hours_listened"} & set(metrics_named(reading)) else "plays"
    if draft.grain is not None:
        raise NotUnderstoodError("how a share changes over time; ask for the plays over time, or for one time")
    if not draft.filters:
        group = rows_asked_for(draft).group
        return SemanticQuery(
            metrics=("share_of_listening",), group_by=group, window=draft.window, order=ordered("share_of_listening")
        )
    return SemanticQuery(
        intent=Intent.SHARE, metrics=(metric,), filters=tuple(whole), part=tuple(part), window=draft.window
    )


_OF_MY = re.compile(r"\bof (all )?(my|the) $")


def whole_and_part(draft: Draft) -> tuple[list[Filter], list[Filter]]:
    """Of “what share of my rock listening is at night”: rock is the whole, night the part.

    Raises:
        NotUnderstoodError: there are several filters, and nothing tells which is of which.
    """
    reading = draft.reading
    owned = {
        (BY_KIND[mention.candidates[0].kind], mention.candidates[0].key)
        for mention in reading.mentions
        if mention.candidates
        and _OF_MY.search(reading.text[: mention.start])
        and re.match(r" ?(music|songs|listening|plays|tracks|minutes|hours)", reading.text[mention.end :])
    }
    whole = [one for one in draft.filters if any((one.dimension, value) in owned for value in one.values)]
    part = [one for one in draft.filters if one not in whole]
    if len(draft.filters) > 1 and (not whole or not part):
        raise NotUnderstoodError(
            "what is to be a share of what; ask, for example, what share of my rock plays is at night"
        )
    return (whole, part) if part else ([], whole)


def asks_for_a_list(reading: Reading) -> bool:
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


def plays_or_songs(draft: Draft) -> SemanticQuery:
    draft.use(Cue.LISTEN)
    reading = draft.reading
    asked = kinds(reading)
    if asked or reading.has(Cue.WHO):
        rows = rows_asked_for(draft)
        return SemanticQuery(
            metrics=("plays",),
            group_by=rows.group,
            filters=(*draft.filters, *rows.excluded),
            window=draft.window,
            grain=draft.grain,
            order=ordered("plays"),
            limit=number_of_rows(draft, several=True),
        )
    if not is_short(draft.window):
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


def is_short(window: Window) -> bool:
    """Whether a window is short enough to list its plays one by one rather than to count them by song."""
    return window.start is not None and window.end is not None and (window.end - window.start).days <= _DAYS_LISTED
