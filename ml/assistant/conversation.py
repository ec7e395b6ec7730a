"""Follow-ups: “and the year before?”, “only rock”, “by month”. A question that stands alone begins anew.

Only the last query is remembered, and only for as long as the conversation lasts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from ml.assistant.assistant import REFUSALS, Answer, Assistant, Refusal
from ml.assistant.kinds import BY_KIND, GROUPS, of_kind
from ml.assistant.planning import scope
from ml.assistant.planning.drafting import (
    NotUnderstoodError,
    kinds,
    metrics_named,
    name_filters,
    named,
    ordered,
    subject_of,
    value_filters,
)
from ml.assistant.planning.lexicon import Cue
from ml.assistant.planning.reading import Reading
from ml.assistant.planning.wording import plain
from ml.assistant.query import Comparison, Filter, Intent, Kind, SemanticQuery
from ml.assistant.times.grammar import combined, period_before
from ml.errors import TimesError

_FOLLOWS = re.compile(
    r"^(and|but|only|just|also|what about|how about|or|then|same|by|per|without|except|instead|as|"
    r"the (year|month|week|day|one) before|the previous|before that|over time|compare (that|it|this))\b"
)
"""How a question begins that refers to the one before."""
_PRONOUN = re.compile(r"\b(them|they|their|theirs|him|her|his|its?|(that|this) (song|track|artist|band|album|one))\b")
_IMPERSONAL = re.compile(r"\b(it|that|this)('s| is| was) (true|correct|right|possible)\b|\bcompare (it|that|this)\b")
_WORDS_OF_A_KIND = {Kind.ARTIST: "the artist", Kind.TRACK: "the song", Kind.ALBUM: "the album"}


@dataclass
class Conversation:
    """Questions one after another."""

    assistant: Assistant
    last: Answer | None = field(default=None, init=False)

    def ask(self, question: str, *, as_of: date) -> Answer | Refusal:
        """A question, which may refer to the one before."""
        try:
            text = self._with_names(plain(question))
        except REFUSALS as error:
            return self.assistant.refuse(question, str(error))
        answer = self._answer(text, as_of)
        if isinstance(answer, Answer):
            self.last = answer
        return replace(answer, question=question)

    def _answer(self, text: str, as_of: date) -> Answer | Refusal:
        if self.last is None:
            return self.assistant.ask(text, as_of=as_of)
        if _FOLLOWS.match(text) is not None:
            followed = self._follow_up(self.last.query, text, as_of)
            return followed if isinstance(followed, Answer) else self._or_alone(followed, text, as_of)
        alone = self.assistant.ask(text, as_of=as_of)
        if isinstance(alone, Answer) and self._stands_alone(text, as_of):
            return alone
        followed = self._follow_up(self.last.query, text, as_of)
        return followed if isinstance(followed, Answer) else alone

    def _or_alone(self, followed: Refusal, text: str, as_of: date) -> Answer | Refusal:
        """A question that begins like a follow-up and is none: and who is my top artist?"""
        alone = self.assistant.ask(text, as_of=as_of)
        return alone if isinstance(alone, Answer) and self._stands_alone(text, as_of) else followed

    def _follow_up(self, last: SemanticQuery, text: str, as_of: date) -> Answer | Refusal:
        """The answer to the last question with what this one names in place of what it had."""
        try:
            scope.check(text)
            changed = changed_by(last, self.assistant.planner.reader.read(text, as_of=as_of), as_of)
            if changed == last:
                raise NotUnderstoodError("what of the last question is to be different")
        except REFUSALS as error:
            return self.assistant.refuse(text, str(error))
        except ValidationError:
            return self.assistant.refuse(text, "the last question cannot be changed in this way")
        return self.assistant.answer(changed, as_of=as_of, question=text)

    def _stands_alone(self, text: str, as_of: date) -> bool:
        """Whether it says itself what is asked for, which a follow-up leaves out."""
        reading = self.assistant.planner.reader.read(text, as_of=as_of)
        says_what = reading.has(Cue.LISTEN, Cue.COUNT, Cue.AMOUNT, Cue.RECOMMEND, Cue.SIMILAR, Cue.STREAK, Cue.WHEN)
        return says_what or (reading.has(Cue.TOP, Cue.LEAST) and reading.has(Cue.KIND, Cue.DIMENSION, Cue.PERIOD))

    def _with_names(self, text: str) -> str:
        """The text with what its pronouns stand for.

        Raises:
            NotUnderstoodError: nothing that was asked before tells what they stand for.
        """
        found = _PRONOUN.search(text)
        if found is None or _IMPERSONAL.search(text):
            return text
        name = self._referent()
        if name is None:
            raise NotUnderstoodError(f"I do not know whom or what “{found[0]}” means; name it")
        owned = f"{name}'s" if found[0] in ("their", "theirs", "his", "its") else name
        return f"{text[: found.start()]}{owned}{text[found.end() :]}"

    def _referent(self) -> str | None:
        """The one artist, song or album that the last question named, or that was its one answer."""
        if self.last is None:
            return None
        query = self.last.query
        for kind, words in _WORDS_OF_A_KIND.items():
            keys = [key for wanted in query.filters if wanted.dimension == BY_KIND[kind] for key in wanted.values]
            if query.subject is not None and query.subject.kind is kind:
                return f'{words} "{query.subject.name}"'
            if len(keys) == 1 and (name := self.assistant.names.get((BY_KIND[kind], str(keys[0])))):
                return f'{words} "{name}"'
            if query.group_by == GROUPS[kind] and len(self.last.rows) == 1:
                return f'{words} "{self.last.rows[0][0]}"'
        return None


MOST_SHOWN = 100
_GENRES = {"artist__primary_genre": "artist__genre_family"}
_NEW_QUESTIONS = (Cue.RECOMMEND, Cue.SIMILAR, Cue.STREAK, Cue.FORGOTTEN, Cue.NEGATED, Cue.FIRST, Cue.LAST, Cue.RANK)
"""Cues of questions that are never a change of another one."""


def changed_by(last: SemanticQuery, reading: Reading, as_of: date) -> SemanticQuery:
    """The last query with what the follow-up names in place of what it had.

    Raises:
        NotUnderstoodError: a part of the follow-up was not understood.
    """
    if reading.unknown:
        raise NotUnderstoodError(f"“{reading.unknown[0].text}” is nothing that I know or that you have listened to")
    if reading.times.refused:
        raise NotUnderstoodError(reading.times.refused)
    update = _times(last, reading, as_of)
    if reading.has(*_NEW_QUESTIONS):
        raise NotUnderstoodError("what of it belongs to the last question; ask it as a question of its own")
    if "grain" in update and last.intent is not Intent.METRIC:
        raise NotUnderstoodError("how that goes over time; ask for plays over time")
    added = [*name_filters(reading), *value_filters(reading), *update.pop("filters", ())]
    update["part" if last.intent is Intent.SHARE else "filters"] = _merged(
        last.part if last.intent is Intent.SHARE else last.filters, added
    )
    metrics = ["skips"] if reading.has(Cue.SKIP) else metrics_named(reading)
    if metrics and last.metrics:
        update |= {"metrics": tuple(metrics), "order": ordered(metrics[0]) if last.order else ()}
    asked = kinds(reading)
    if asked and last.group_by:
        group, excluded = of_kind(asked[0][0])
        update |= {"group_by": group, "filters": (*_merged(last.filters, added), *excluded)}
    if reading.numbers and last.limit is not None:
        update["limit"] = _number(reading)
    if reading.mentions and last.subject is not None:
        update["subject"] = subject_of(named(reading.mentions)[0])
        if last.intent in (Intent.RANK, Intent.SIMILAR):
            update["filters"] = last.filters
    return SemanticQuery.model_validate({**last.model_dump(), **update})


def _number(reading: Reading) -> int:
    number = int(reading.numbers[0].text)
    if len(reading.numbers) > 1 or not 1 <= number <= MOST_SHOWN:
        raise NotUnderstoodError(f"the numbers in it; how many is a number from 1 to {MOST_SHOWN}")
    return number


def _times(last: SemanticQuery, reading: Reading, as_of: date) -> dict[str, Any]:
    """What the times of the follow-up change: the window, the grain, filters of times that come back."""
    before = [phrase for phrase in reading.times.phrases if phrase.is_relative_before]
    others = tuple(phrase for phrase in reading.times.phrases if not phrase.is_relative_before)
    try:
        window, filters, grain = combined(others)
        earlier = period_before(last.window, before[0].words, as_of) if before else None
    except TimesError as error:
        raise NotUnderstoodError(str(error)) from error
    update: dict[str, Any] = {"filters": filters}
    if "window" not in update and earlier is not None:
        update |= {"window": earlier, "comparison": None}
    elif any(phrase.window is not None for phrase in others):
        if last.intent in (Intent.RECOMMEND, Intent.SIMILAR):
            raise NotUnderstoodError("which time that is to be of; what is recommended is of no time")
        is_compared = reading.has(Cue.COMPARE, Cue.THAN)
        update |= {"comparison": Comparison(window=window)} if is_compared else {"window": window, "comparison": None}
    if grain is not None:
        update |= {"grain": grain, "group_by": (), "order": (), "limit": None}
    return update


def _merged(filters: tuple[Filter, ...], added: list[Filter]) -> tuple[Filter, ...]:
    """The filters of before, those of a dimension that is named again replaced; a family and a genre are one."""
    replaced = {_GENRES.get(wanted.dimension, wanted.dimension) for wanted in added}
    kept = [one for one in filters if _GENRES.get(one.dimension, one.dimension) not in replaced]
    return (*kept, *added)
