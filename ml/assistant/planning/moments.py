"""Questions that no figure answers: when, which plays, what was new, what is forgotten, which place, days in a row."""

from __future__ import annotations

import re

from ml.assistant.kinds import BY_KIND
from ml.assistant.planning.drafting import Draft, NotUnderstoodError, kinds, metrics_named, number_of_rows, subject_of
from ml.assistant.planning.lexicon import Cue
from ml.assistant.planning.rankings import period_asked_for
from ml.assistant.planning.reading import Reading
from ml.assistant.query import Intent, Kind, Order, SemanticQuery
from ml.assistant.vocabulary import TIME


def asks_for_streak(reading: Reading) -> bool:
    return reading.has(Cue.STREAK)


def streaks(draft: Draft) -> SemanticQuery:
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


def asks_for_forgotten(reading: Reading) -> bool:
    is_dated = any(phrase.window is not None for phrase in reading.times.phrases)
    return reading.has(Cue.FORGOTTEN) or (reading.has(Cue.NEGATED) and is_dated and bool(kinds(reading)))


def forgotten_favourites(draft: Draft) -> SemanticQuery:
    draft.use(Cue.FORGOTTEN, Cue.NEGATED, Cue.TOP, Cue.LISTEN, Cue.EXCEPT)
    if draft.window.start is not None and not draft.reading.has(Cue.NEGATED):
        raise NotUnderstoodError("which favourites of that time; ask what you have not played since then")
    asked = kinds(draft.reading)
    return SemanticQuery(
        intent=Intent.FORGOTTEN,
        filters=tuple(draft.filters),
        window=draft.window,
        kind=asked[0][0] if asked else Kind.TRACK,
        limit=number_of_rows(draft, several=True),
    )


def asks_for_rank(reading: Reading) -> bool:
    return len(reading.mentions) == 1 and (
        reading.has(Cue.RANK)
        or re.search(r"\b(is|was|are|were|does|did)\b.*\b(in|make|among) my top\b", reading.text) is not None
        or (reading.has(Cue.TOP) and re.match(r"(is|was|are|were|and is|and was) ", reading.text) is not None)
    )


def place(draft: Draft) -> SemanticQuery:
    draft.use(Cue.RANK, Cue.TOP, Cue.LISTEN)
    [subject] = draft.subjects
    rest = [wanted for wanted in draft.filters if wanted.dimension != BY_KIND[subject.kind]]
    metric = (metrics_named(draft.reading) or ["plays"])[0]
    draft.use(Cue.METRIC)
    return SemanticQuery(
        intent=Intent.RANK, metrics=(metric,), filters=tuple(rest), window=draft.window, subject=subject_of(subject)
    )


def asks_for_a_time_of_a_play(reading: Reading) -> bool:
    if reading.has(Cue.TOP, Cue.LEAST, Cue.COUNT):
        return False
    if "for the first time" in reading.text and reading.has(Cue.KIND) and not reading.has(Cue.WHEN):
        return False
    when = (
        reading.has(Cue.WHEN)
        or period_asked_for(reading) is not None
        or reading.says("first time", "last time", "the first time", "the last time")
    )
    return when and (reading.has(Cue.FIRST, Cue.LAST) or (reading.has(Cue.DISCOVER) and bool(reading.mentions)))


def time_of_a_play(draft: Draft) -> SemanticQuery:
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


def asks_for_a_single_play(reading: Reading) -> bool:
    if set(metrics_named(reading)) - {"plays"}:
        return False
    return reading.has(Cue.FIRST, Cue.LAST) and not reading.has(Cue.TOP, Cue.LEAST, Cue.COUNT, Cue.DISCOVER, Cue.SKIP)


def single_plays(draft: Draft) -> SemanticQuery:
    if draft.reading.says("what time"):
        raise NotUnderstoodError("whether a day or an hour is asked for; ask when, or at which hour")
    draft.use(Cue.FIRST, Cue.LAST, Cue.LISTEN, Cue.METRIC)
    asked = kinds(draft.reading)
    if asked and asked[0][0] is not Kind.TRACK and (asked[0][1] or draft.reading.numbers):
        raise NotUnderstoodError(f"the last {asked[0][0]}s one by one; I can list the last songs")
    several = (bool(asked) and asked[0][1]) or "plays" in metrics_named(draft.reading)
    return SemanticQuery(
        intent=Intent.LIST,
        filters=tuple(draft.filters),
        window=draft.window,
        order=(Order(by=TIME, descending=draft.reading.has(Cue.LAST)),),
        limit=number_of_rows(draft, several=several),
    )


def asks_for_discoveries(reading: Reading) -> bool:
    found = [kind for kind, _ in kinds(reading)]
    is_new = reading.has(Cue.DISCOVER, Cue.NEW) and all(phrase.grain is None for phrase in reading.times.phrases)
    return (
        is_new
        and not reading.has(Cue.COUNT, Cue.TIMES, Cue.MORE, Cue.PERIOD, Cue.TREND, Cue.AVERAGE, Cue.METRIC)
        and bool(found or reading.has(Cue.WHO))
    )


def discoveries(draft: Draft) -> SemanticQuery:
    draft.use(Cue.DISCOVER, Cue.NEW, Cue.LISTEN, Cue.TOP, Cue.FIRST)
    asked = kinds(draft.reading) or [(Kind.ARTIST, True)]
    return SemanticQuery(
        intent=Intent.DISCOVERED,
        filters=tuple(draft.filters),
        window=draft.window,
        kind=asked[0][0],
        limit=number_of_rows(draft, several=asked[0][1] or not draft.reading.has(Cue.TOP)),
    )
