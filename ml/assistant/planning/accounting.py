"""Whether a query holds all that its question says: every word, name, time, number and kind has a place in it.

What has none is the reason to refuse: a question that is answered in part is answered wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ml.assistant.kinds import BY_KIND, GROUPS
from ml.assistant.planning.drafting import NEW, UNIQUE, Draft, NotUnderstoodError, introduces_a_name
from ml.assistant.planning.lexicon import PLURAL, Cue
from ml.assistant.planning.rankings import EXTREMES
from ml.assistant.query import Grain, Intent, Kind, SemanticQuery

_MAY_STAND = frozenset(
    {Cue.LISTEN, Cue.WHO, Cue.WHEN, Cue.TIMES, Cue.AMOUNT, Cue.COUNT, Cue.ONLY, Cue.CURRENT, Cue.USUAL, Cue.KIND}
)
"""Cues that change nothing where no rule asks for them: in “the song I played”, song and played say the same."""
_POINTED_AT = re.compile(r"\b(to|play|played|hear|heard|skip|skipped|like) (?P<what>them|it|him|her)\b")
_EACH = re.compile(r"\b(each|every|per|across)\b")
_OF_PLAYS = frozenset(
    {"plays", "minutes_listened", "hours_listened", "skips", "skip_rate", "completion_rate", "most_plays_in_a_day"}
    | {"share_of_listening", "average_plays_per_day", "average_minutes_per_day", "plays_growth", "night_share"}
    | {"plays_per_session", "average_play_minutes", "average_track_minutes", "average_release_year", "explicit_share"}
)
"""Metrics for which songs are what is counted or measured, and need no row of their own."""
_BY_DAY = frozenset({"average_plays_per_day", "average_minutes_per_day"})
_UNITS = frozenset({"minutes_listened", "hours_listened", "plays"})
_WITHOUT_TIME = (Intent.RECOMMEND, Intent.SIMILAR)


def check(query: SemanticQuery, draft: Draft) -> None:
    """Whether the query holds all that the question says.

    Raises:
        NotUnderstoodError: it does not; the message names what has no place.
    """
    for lost in _lost(query, draft):
        raise NotUnderstoodError(f"I did not see what “{lost}” asks for here")


def _lost(query: SemanticQuery, draft: Draft) -> Iterator[str]:
    """The words of the question that the query does not hold."""
    yield from _pointers(query, draft)
    for phrase in draft.reading.phrases:
        if not any(cue in draft.accounted or cue in _MAY_STAND for cue, _ in phrase.meanings):
            yield phrase.words
    if draft.reading.numbers and not draft.is_number_used:
        yield draft.reading.numbers[0].text
    yield from _kinds(query, draft)
    yield from _dimensions(query, draft)
    yield from _metrics(query, draft)
    yield from _times(query, draft)
    yield from _filters(query, draft)


def _pointers(query: SemanticQuery, draft: Draft) -> Iterator[str]:
    """Words that point at what was said before, which a single question has not."""
    pointed = _POINTED_AT.search(draft.reading.text)
    if pointed is not None and not draft.reading.mentions and not query.group_by:
        yield pointed["what"]
    each = _EACH.search(draft.reading.text)
    is_in_a_phrase = each is not None and any(
        phrase.start <= each.start() < phrase.end for phrase in (*draft.reading.phrases, *draft.reading.times.phrases)
    )
    if each is not None and not is_in_a_phrase and query.grain is None and not query.group_by:
        yield each[0]


def _kinds(query: SemanticQuery, draft: Draft) -> Iterator[str]:
    """Kinds of things without a row, a metric or a list of theirs."""
    for phrase in draft.reading.spans(Cue.KIND):
        kind = Kind(next(value for cue, value in phrase.meanings if cue is Cue.KIND).removesuffix(PLURAL))
        is_shown = GROUPS[kind][0] in query.group_by or query.kind is kind
        is_counted = bool({UNIQUE[kind], NEW.get(kind, "")} & set(query.metrics))
        is_of_plays = kind is Kind.TRACK and (bool(_OF_PLAYS & set(query.metrics)) or query.intent is not Intent.METRIC)
        is_of_subject = query.subject is not None or query.intent is Intent.LIST
        if not (is_shown or is_counted or is_of_plays or is_of_subject or introduces_a_name(draft.reading, phrase)):
            yield phrase.words


def _dimensions(query: SemanticQuery, draft: Draft) -> Iterator[str]:
    """What figures are to be broken down by and are not; words that can mean something else may stand."""
    for phrase in draft.reading.spans(Cue.DIMENSION):
        named = {value for _, value in phrase.meanings}
        if all(cue is Cue.DIMENSION for cue, _ in phrase.meanings) and not named & set(query.group_by):
            yield phrase.words


def _metrics(query: SemanticQuery, draft: Draft) -> Iterator[str]:
    """Metrics by name that are not asked for; what is skipped is a metric of its own."""
    for phrase in draft.reading.spans(Cue.METRIC):
        named = {value for cue, value in phrase.meanings if cue is Cue.METRIC}
        others = {cue for cue, _ in phrase.meanings} - {Cue.METRIC}
        is_unit = bool(set(EXTREMES) & set(query.metrics)) and named <= _UNITS
        if is_unit:
            continue
        if not named & set(query.metrics) and not others and named != {"plays"} and query.metrics:
            yield phrase.words
    is_skipping = draft.reading.has(Cue.SKIP)
    if is_skipping and not {"skips", "skip_rate"} & set(query.metrics):
        yield next(phrase.words for phrase in draft.reading.spans(Cue.SKIP))
    over_time = [name for name in query.metrics if draft.reading.vocabulary.metrics[name].is_over_time]
    if over_time and len(query.metrics) > 1:
        yield draft.reading.vocabulary.metrics[over_time[0]].label.lower()


def _times(query: SemanticQuery, draft: Draft) -> Iterator[str]:
    dated = [phrase for phrase in draft.reading.times.phrases if phrase.window is not None]
    if dated and query.intent in _WITHOUT_TIME:
        yield dated[0].words
    for phrase in draft.reading.times.phrases:
        is_average = phrase.grain is Grain.DAY and bool(_BY_DAY & set(query.metrics))
        if phrase.grain is not None and query.grain is not phrase.grain and not is_average:
            yield phrase.words


def _filters(query: SemanticQuery, draft: Draft) -> Iterator[str]:
    """Names and times that come back which neither filter nor are the subject."""
    held = {(wanted.dimension, value) for wanted in (*query.filters, *query.part) for value in wanted.values}
    for mention in draft.reading.mentions:
        keys = {(BY_KIND[name.kind], name.key) for name in mention.candidates[:1]}
        is_subject = query.subject is not None and any(query.subject.key == key for _, key in keys)
        if not keys & held and not is_subject:
            yield mention.words
